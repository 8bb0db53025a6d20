import re

import pytest
from django.conf import settings
from django.utils.translation import override

from notifications import params
from notifications.lines import LOOKS
from notifications.messages import MESSAGES, needs, register_step_titles, word
from notifications.params import ALLOWED, NotAllowedInMessage, storable

SAMPLE = {
    "case": "420106-2026-0001",
    "step": "first_visit",
    "days": 3,
    "hours": 22,
    "refused": 1,
    "left": 4,
    "outcome": "returned",
    "count": 2,
    "round": 1,
    "overdue": 3,
    "due_today": 2,
    "unread": 5,
    "due": "2026-09-17T09:30:00+00:00",
    "until": "2026-09-30",
    "on": "2026-09-30",
}


@pytest.mark.parametrize("message", MESSAGES)
def test_no_message_names_a_person_and_each_is_worded_in_every_language(message: str) -> None:
    assert needs(message) <= ALLOWED.keys()
    assert not any(re.search("name|student|child|guardian|phone|address|text|note|reason", param) for param in needs(message))
    for language, _ in settings.LANGUAGES:
        with override(language):
            line = word(message, storable(SAMPLE))
            assert set(re.findall(r"%\((\w+)\)s", str(MESSAGES[message]))) == needs(message)
        assert line
        assert "%(" not in line


def test_every_message_has_a_look() -> None:
    assert LOOKS.keys() == MESSAGES.keys()


@pytest.mark.parametrize(
    ("name", "value"),
    [("case", "王小明"), ("step", "the child's name"), ("days", "3"), ("days", True), ("due", "tomorrow"), ("on", None), ("name", "x"), ("case", 7)],
)
def test_a_parameter_of_another_shape_is_refused(name: str, value: object) -> None:
    with pytest.raises(NotAllowedInMessage):
        storable({name: value})


def test_a_moment_is_shown_in_shanghai_and_a_step_by_its_title(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(params, "_step_title", params._step_title)
    register_step_titles(lambda code: f"title of {code}")
    with override("en"):
        assert word("task_reminder", SAMPLE) == "Due soon: title of first_visit, case 420106-2026-0001, due: September 17 17:30"
        assert word("task_reminder", {**SAMPLE, "due": ""}).endswith("due: no day fixed")
