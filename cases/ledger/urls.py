from django.urls import path

from cases.ledger import views, views_board

urlpatterns = [
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/cases/", views.members, name="ledger-cases"),
    path("ledger/changes/", views.changes, name="ledger-changes"),
    path("ledger/board/", views_board.board, name="ledger-board"),
]
