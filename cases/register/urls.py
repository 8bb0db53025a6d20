from django.urls import path

from cases.register.views import acts, report, students

urlpatterns = [
    path("students/", students.students, name="students"),
    path("students/new/", students.register, name="student-new"),
    path("students/search/", students.search, name="student-search"),
    path("students/find/", students.find_by_number, name="student-find"),
    path("students/<int:pk>/", students.student, name="student"),
    path("students/<int:pk>/edit/", students.edit, name="student-edit"),
    path("students/<int:pk>/guardians/new/", students.add_guardian, name="guardian-new"),
    path("students/<int:pk>/identity/", students.show_identity, name="student-identity"),
    path("report/", report.choose, name="report"),
    path("report/<int:pk>/", report.report, name="report-student"),
    path("cases/<int:pk>/return/", acts.report_return, name="return-report"),
    path("cases/<int:pk>/deduction/", acts.propose_deduction, name="deduction-new"),
    path("cases/<int:pk>/deferral/", acts.apply_deferral, name="deferral-new"),
    path("clearances/<int:pk>/withdraw/", acts.withdraw, name="clearance-withdraw"),
]
