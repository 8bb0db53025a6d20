from django.urls import path

from cases.ledger import views, views_board, views_files, views_report

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
    path("ledger/names/", views_files.names, name="ledger-names"),
    path("ledger/proof/", views_files.proof, name="ledger-proof"),
]
