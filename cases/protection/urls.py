from django.urls import path

from cases.protection import views

urlpatterns = [
    path("cases/<int:pk>/danger/", views.danger, name="danger"),
    path("receipts/<int:pk>/", views.receipt, name="receipt"),
]
