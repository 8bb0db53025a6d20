"""The one bell: rung inside the writing transaction, after the entry is there. `workflows.reactions` is its only listener."""

from django.dispatch import Signal

recorded = Signal()
