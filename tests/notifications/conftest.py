from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model

from notifications.services import Message


@pytest.fixture
def reader(db: None) -> Any:
    return get_user_model().objects.create(username="t1", name="T", email="reader@school.example")


@pytest.fixture
def colleague(db: None) -> Any:
    return get_user_model().objects.create(username="c1", name="C")


@pytest.fixture
def assigned() -> Callable[..., Message]:
    def make(person: Any, key: str = "assigned:1", **changes: Any) -> Message:
        fields: dict[str, Any] = {
            "recipient_id": person.pk,
            "message": "task_assigned",
            "params": {"case": "420106-2026-0001", "step": "first_visit", "due": "2026-09-17"},
            "link": "/tasks/1/",
            "key": key,
        }
        return Message(**{**fields, **changes})

    return make
