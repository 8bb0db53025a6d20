from django.urls import path

from cases.documents import views

urlpatterns = [
    path("cases/<int:pk>/documents/new/", views.new, name="document-new"),
    path("cases/<int:pk>/refer/", views.refer, name="refer"),
    path("cases/<int:pk>/court/", views.court, name="court"),
    path("documents/<int:pk>/", views.document, name="document"),
    path("documents/<int:pk>/serve/", views.serve, name="document-serve"),
]
