from django.urls import path

from cases.files import views

urlpatterns = [path("files/<uuid:pk>/", views.file, name="file")]
