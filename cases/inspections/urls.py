from django.urls import path

from cases.inspections import views

urlpatterns = [
    path("inspections/", views.findings, name="findings"),
    path("inspections/new/", views.new, name="finding-new"),
    path("inspections/<int:pk>/", views.finding, name="finding"),
]
