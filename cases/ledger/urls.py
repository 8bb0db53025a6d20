from django.urls import path

from cases.ledger import views, views_board, views_files, views_names, views_report

urlpatterns = [
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/cases/", views.members, name="ledger-cases"),
    path("ledger/changes/", views.changes, name="ledger-changes"),
    path("ledger/board/", views_board.board, name="ledger-board"),
    path("ledger/reports/", views_report.reports, name="ledger-reports"),
    path("ledger/reports/remind/", views_report.remind, name="ledger-remind"),
    path("ledger/reports/<int:pk>/", views_report.report, name="ledger-report"),
    path("ledger/reports/<int:pk>/names/", views_report.names, name="ledger-report-names"),
    path("ledger/workbook/", views_files.workbook, name="ledger-workbook"),
    path("ledger/sheet/", views_files.sheet, name="ledger-sheet"),
    path("ledger/names/", views_names.names, name="ledger-names"),
    path("ledger/names/<int:pk>/", views_names.made, name="ledger-names-list"),
    path("ledger/names/<int:pk>/file/", views_names.taken, name="ledger-names-file"),
    path("ledger/names/<int:pk>/cancel/", views_names.cancel, name="ledger-names-cancel"),
    path("ledger/proof/", views_files.proof, name="ledger-proof"),
]
