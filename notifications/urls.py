from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.show, name="list"),
    path("<int:pk>/open/", views.open_one, name="open"),
    path("read/", views.read_all, name="read"),
    path("preferences/", views.preferences, name="preferences"),
    path("deliveries/", views.deliveries, name="deliveries"),
    path("deliveries/again/", views.again, name="again"),
]
