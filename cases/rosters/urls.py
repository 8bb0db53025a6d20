from django.urls import path

from cases.rosters import views, views_entries, views_export, views_lists, views_many

urlpatterns = [
    path("rosters/", views.worklist, name="rosters"),
    path("rosters/units/", views.units, name="roster-units"),
    path("rosters/settle/", views_many.settle_many, name="discrepancies-settle"),
    path("rosters/export/", views_export.export, name="discrepancies-export"),
    path("rosters/entries/", views_entries.entries, name="roll-entries"),
    path("rosters/lists/", views_lists.lists, name="roster-lists"),
    path("rosters/new/", views_lists.bring, name="roster-new"),
    path("rosters/template/", views_lists.template, name="roster-template"),
    path("rosters/<int:pk>/", views_lists.roster, name="roster"),
    path("rosters/<int:pk>/compare/", views_lists.compare, name="roster-compare"),
    path("rosters/<int:pk>/discard/", views_lists.discard, name="roster-discard"),
    path("rosters/<int:pk>/faults/", views_lists.faults, name="roster-faults"),
    path("discrepancies/<int:pk>/", views.discrepancy, name="discrepancy"),
    path("discrepancies/<int:pk>/give/", views.give, name="discrepancy-give"),
    path("cases/<int:pk>/school-roll/", views_entries.entry, name="roll-entry"),
]
