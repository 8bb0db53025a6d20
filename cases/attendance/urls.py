from django.urls import path

from cases.attendance import views

urlpatterns = [path("cases/<int:pk>/absences/", views.absences, name="absences")]
