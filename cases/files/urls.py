from django.urls import path

from cases.files import views

urlpatterns = [
    path("files/<uuid:pk>/", views.file, name="file"),
    path("files/<uuid:pk>/small/", views.small, name="file-small"),
]
