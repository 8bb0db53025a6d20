from django.urls import path

from cases.periodic import views, views_files

urlpatterns = [
    path("periodic/", views.board, name="periodic"),
    path("periodic/remind/", views.remind, name="periodic-remind"),
    path("periodic/<int:pk>/", views.report, name="periodic-report"),
    path("periodic/<int:pk>/sheet/", views_files.sheet, name="periodic-sheet"),
    path("periodic/<int:pk>/file/", views_files.download, name="periodic-file"),
]
