"""What a form of a visit hands over."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from tests.cast import NOON

AFTERNOON = NOON + timedelta(hours=4)


def visit(at: datetime = NOON + timedelta(hours=3), **more: Any) -> dict[str, Any]:
    """At home, the child and its grandmother were met, and they hesitate."""
    return {
        "visit_id": uuid4(),
        "occurred_at": at,
        "mode": "home",
        "met": ["child", "grandparent"],
        "whereabouts": "at_home",
        "reason": "study_difficulty",
        "outcome": "hesitant",
        "account": "孩子说跟不上数学，奶奶希望他读书。",
    } | more
