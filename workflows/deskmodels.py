"""The models of the supervisor's desk, for those who do not import them from `workflows.models` yet."""

from workflows.models.desk import BulkAction, BulkJob, BulkOutcome, BulkResult, BulkRow, Listing, SavedFilter

__all__ = ["BulkAction", "BulkJob", "BulkOutcome", "BulkResult", "BulkRow", "Listing", "SavedFilter"]
