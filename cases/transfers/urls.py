from django.urls import path

from cases.transfers import views

urlpatterns = [
    path("cases/<int:pk>/transfer/", views.offer, name="transfer-new"),
    path("cases/<int:pk>/school/", views.move_within, name="school-change"),
    path("cases/<int:pk>/inquiry/", views.ask, name="inquiry-new"),
    path("transfers/<int:pk>/withdraw/", views.withdraw_transfer, name="transfer-withdraw"),
    path("inquiries/<int:pk>/withdraw/", views.withdraw_inquiry, name="inquiry-withdraw"),
]
