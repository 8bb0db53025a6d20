from django.urls import path

from cases.visits import views

urlpatterns = [
    path("cases/<int:pk>/visits/new/", views.new, name="visit-new"),
    path("visits/<uuid:pk>/", views.visit, name="visit"),
    path("visits/<uuid:pk>/correct/", views.correct, name="visit-correct"),
    path("visits/<uuid:pk>/confirm/", views.confirm, name="visit-confirm"),
]
