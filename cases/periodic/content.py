"""What people add to the figures: a school's answers to the three questions of the notice, a bureau's findings and measures."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.journal.refused import Refused
from cases.periodic.work import Work


class Answer(models.TextChoices):
    """To a question that a school declares."""

    YES = "yes", gettext_lazy("yes, done")
    NOT_DUE = "not_due", gettext_lazy("not due this month")
    NO = "no", gettext_lazy("no, not yet")


# 四查三比对、防止“名在人不在”、“铁脚板”摸排 (教基厅函〔2024〕15号).
QUESTIONS = {
    "compared": gettext_lazy("Was attendance compared with the roll, class by class?"),
    "all_here": gettext_lazy("Is every pupil on the roll really at this school (no name without the child)?"),
    "door_to_door": gettext_lazy("Was the school's area looked through door to door, where that was due?"),
}
MAY_BE_NOT_DUE = frozenset({"door_to_door"})
REVIEW = ("findings", "measures")
OPENING = ("opening_schools", "opening_account")  # the visit of the schools at the opening of a term (开学走访)


def check_school(said: dict[str, Any], note: str, figures: dict[str, Any]) -> None:
    """Raises Refused: an answer is missing; nothing to report although something is; a "no", or children out of school, without a word."""
    for question in QUESTIONS:
        allowed = set(Answer.values) if question in MAY_BE_NOT_DUE else {Answer.YES, Answer.NO}
        if said.get(question) not in allowed:
            raise Refused(_("Please answer all three questions."))
    needs_words = not is_nothing(figures) or any(said[question] == Answer.NO for question in QUESTIONS)
    if said.get("nothing") and needs_words:
        raise Refused(_("There is something to report this month: say in a few words what was done."))
    if not said.get("nothing") and not note.strip():
        raise Refused(_("Say in a few words what was done, or mark that there is nothing to report."))
    on_roll, present = said.get("on_roll"), said.get("present")
    if on_roll is not None and present is not None and present > on_roll:
        raise Refused(_("More pupils cannot be present than are on the roll."))


def check_review(said: dict[str, Any], figures: dict[str, Any]) -> None:
    """Raises Refused unless there are findings and measures, and in a quarter in which a term begins the visit of the opening."""
    if any(not str(said.get(name, "")).strip() for name in REVIEW):
        raise Refused(_("Please write down what was found and what will be done."))
    if asks_for_opening(figures) and (not said.get("opening_schools") or not str(said.get("opening_account", "")).strip()):
        raise Refused(_("A term began in this quarter: say how many schools were visited at its opening and what was seen."))


def is_nothing(figures: dict[str, Any]) -> bool:
    """Whether a school's figures leave nothing to explain (零报告)."""
    return Work(**figures["work"]).is_nothing


def asks_for_opening(figures: dict[str, Any]) -> bool:
    """Whether a term began in the quarter."""
    return bool(figures.get("terms"))
