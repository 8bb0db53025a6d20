from django.urls import path

from cases.visits import officeviews, ownviews, views

urlpatterns = [
    path("cases/<int:pk>/visits/new/", views.new, name="visit-new"),
    path("visits/<uuid:pk>/", views.visit, name="visit"),
    path("visits/<uuid:pk>/correct/", views.correct, name="visit-correct"),
    path("visits/<uuid:pk>/confirm/", views.confirm, name="visit-confirm"),
    path("visits/<uuid:pk>/ask/", officeviews.ask_correction, name="visit-ask"),
    path("visits/paper/", officeviews.blank_paper, name="visit-paper-blank"),
    path("cases/<int:pk>/visits/paper/", officeviews.paper, name="visit-paper"),
    path("cases/<int:pk>/visits/typed/", officeviews.from_paper, name="visit-typed"),
    path("my-visits/", ownviews.mine, name="my-visits"),
    path("visits/<uuid:pk>/deny/", ownviews.deny, name="visit-deny"),
    path("visits/<uuid:pk>/settle/", ownviews.settle, name="visit-settle"),
    path("late-visits/", officeviews.late_visits, name="late-visits"),
    path("late-visits/<int:pk>/", officeviews.late_visit, name="late-visit"),
]
