from django.urls import path

from cases.spotchecks import views

urlpatterns = [
    path("spot-checks/", views.draws, name="draws"),
    path("spot-checks/<int:pk>/", views.draw, name="draw"),
]
