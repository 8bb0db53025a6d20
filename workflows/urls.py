from django.urls import path

from workflows.views import audit, bulk, case, cases, chart, home, inbox, more_time, queue, supervise, task

urlpatterns = [
    path("", home.home, name="home"),
    path("tasks/", inbox.inbox, name="inbox"),
    path("tasks/claim/", bulk.claim, name="claim-tasks"),
    path("tasks/<int:pk>/", task.task, name="task"),
    path("tasks/<int:pk>/claim/", supervise.claim, name="task-claim"),
    path("tasks/<int:pk>/more-time/", more_time.more_time, name="more-time"),
    path("tasks/<int:pk>/<slug:how>/", supervise.supervise, name="task-supervise"),
    path("cases/", cases.cases, name="cases"),
    path("cases/find/", cases.find, name="case-find"),
    path("cases/<int:pk>/", case.case, name="case"),
    path("cases/<int:pk>/sheet/", case.sheet, name="case-sheet"),
    path("cases/<int:pk>/bpmn/<slug:kind>/", chart.bpmn, name="case-bpmn"),
    path("cases/<int:pk>/supervise/<slug:how>/", supervise.of_case, name="case-supervise"),
    path("queue/", queue.queue, name="queue"),
    path("queue/bulk/", bulk.queue, name="queue-bulk"),
    path("audit/", audit.show, name="audit"),
    path("audit/run/", audit.run, name="audit-run"),
    path("audit/again/", audit.again, name="audit-again"),
    path("audit/report/", audit.report, name="audit-report"),
    path("queue/<int:pk>/", queue.escalation, name="escalation"),
]
