from django.urls import path

from notifications.views import inbox, outbox, ways

app_name = "notifications"
urlpatterns = [
    path("", inbox.show, name="list"),
    path("<int:pk>/open/", inbox.open_one, name="open"),
    path("<int:pk>/acknowledge/", inbox.acknowledge, name="acknowledge"),
    path("read/", inbox.read_all, name="read"),
    path("preferences/", inbox.preferences, name="preferences"),
    path("deliveries/", outbox.deliveries, name="deliveries"),
    path("deliveries/again/", outbox.again, name="again"),
    path("gateways/", ways.show, name="gateways"),
    path("gateways/new/<slug:kind>/", ways.add, name="gateway_add"),
    path("gateways/<int:pk>/", ways.edit, name="gateway"),
    path("gateways/<int:pk>/test/", ways.test, name="gateway_test"),
]
