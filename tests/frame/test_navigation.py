"""The side bar offers what exists and what the post needs, no more."""

from typing import Any

import pytest

from cases.directory.models import Role
from project import navigation
from project.navigation import Entry, Group, holds
from project.viewer import Viewer


@pytest.fixture
def entries(monkeypatch: Any) -> Any:
    paths = {"home": "/", "tasks": "/tasks/", "task-archive": "/tasks/archive/", "audit": "/audit/"}
    monkeypatch.setattr(navigation, "find", lambda address: paths.get(address, ""))
    monkeypatch.setattr(
        navigation,
        "NAVIGATION",
        (
            Group(
                "", (Entry("Overview", "home", "home"), Entry("Tasks", "inbox", "tasks", badge="inbox"), Entry("Old tasks", "inbox", "task-archive"))
            ),
            Group("Keepers", (Entry("Audit", "shield", "audit", holds(Role.AUDITOR)), Entry("Unbuilt", "help", "nowhere"))),
        ),
    )

    def labels(role: Any, path: Any = "/", counts: Any = None) -> Any:
        groups = navigation.build(Viewer("Wu", roles=frozenset({role.value})), path, counts or {})
        return {str(item.label): item for group in groups for item in group.items}

    return labels


def test_an_address_that_no_room_offers_is_left_out(entries: Any) -> None:
    assert "Unbuilt" not in entries(Role.AUDITOR)


def test_an_entry_is_shown_to_the_posts_that_need_it_and_to_no_other(entries: Any) -> None:
    assert "Audit" in entries(Role.AUDITOR)
    assert "Audit" not in entries(Role.CLASS_TEACHER)


def test_the_nearest_entry_is_the_current_one_and_the_overview_only_on_its_own_page(entries: Any) -> None:
    def current(path: Any) -> Any:
        return [label for label, item in entries(Role.AUDITOR, path).items() if item.current]

    assert current("/") == ["Overview"]
    assert current("/tasks/7/") == ["Tasks"]
    assert current("/tasks/archive/2026/") == ["Old tasks"]
    assert current("/elsewhere/") == []


def test_an_entry_carries_its_number(entries: Any) -> None:
    assert entries(Role.AUDITOR, counts={"inbox": 12})["Tasks"].badge == 12


@pytest.mark.parametrize(
    ("role", "offered"), [(Role.CLASS_TEACHER, True), (Role.COUNTY_OFFICER, True), (Role.INSPECTOR, False), (Role.DEPARTMENT_OFFICER, False)]
)
def test_reporting_a_suspicion_is_offered_to_who_may_open_a_case(role: Any, offered: Any) -> None:
    groups = navigation.build(Viewer("Wu", roles=frozenset({role.value})), "/", {})
    assert (navigation.find("report") in [item.url for group in groups for item in group.items]) is offered
