from django.urls import path

from cases.ledger import views

urlpatterns = [
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/cases/", views.members, name="ledger-cases"),
]
