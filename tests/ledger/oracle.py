"""The table counted the slow way: plain Python over the facts, child by child. Shares nothing with the product but the names of the columns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

COLUMNS = ("on_ledger", "returned", "deducted", "deferred", "still_out", "carried_over")
OF_THE_LEDGER = {"still_out", "returned", "deducted", "deferred"}
OFF = {"returned", "deducted"}

Numbers = dict[str, tuple[int, int]]  # of a column: all, and of priority households


@dataclass(frozen=True)
class Told:
    """One fact, as its row says it."""

    case: int
    order: int
    standing: str
    occurred_on: date
    recorded_at: datetime
    enters: bool
    priority: bool
    code: str
    county: str
    place: str
    school: int | None


@dataclass(frozen=True)
class Question:
    """Which table. The switches are the three settings; `county`, `place` and `school` narrow it."""

    year: int
    until: date
    as_of: datetime | None
    level: str
    relapse_again: bool = False
    home_teaching_returns: bool = True
    carried_counts: bool = False
    county: str = "42"
    place: str = ""
    school: int | None = None


def answer(facts: Iterable[Told], question: Question, *, units: Iterable[str], lines: Iterable[str]) -> Mapping[str, Numbers]:
    """The numbers of each line by its key, of the total under "", of children outside every line under "-"."""
    counts: dict[str, dict[str, list[int]]] = defaultdict(lambda: {column: [0, 0] for column in COLUMNS})
    known_lines, histories = set(lines), defaultdict(list)
    for fact in sorted(facts, key=lambda one: one.order):
        if question.as_of is None or fact.recorded_at <= question.as_of:
            histories[fact.case].append(fact)
    for history in histories.values():
        for column, priority, last in _counted(history, question):
            key = _key(last, question.level, set(units))
            for line in ("", key if key in known_lines else "-"):
                for name in (column,) if column == "carried_over" else (column, "on_ledger"):
                    counts[line][name][0] += 1
                    counts[line][name][1] += priority
    return {line: {name: (both[0], both[1]) for name, both in numbers.items()} for line, numbers in counts.items()}


def _counted(history: list[Told], question: Question) -> list[tuple[str, bool, Told]]:
    """Under which columns one child is counted: mostly one, or none."""
    happened = [fact for fact in history if fact.occurred_on <= question.until]
    rounds: list[list[Told]] = []
    for fact in happened:
        if fact.enters:
            rounds.append([fact])
        elif rounds:
            rounds[-1].append(fact)
    found = []
    for number, told in enumerate(rounds, start=1):
        is_last = number == len(rounds)
        if not is_last and not question.relapse_again:
            continue
        entry, last, stands = told[0], told[-1], _standing(told, question)
        this_year = entry.occurred_on.year >= question.year
        if not this_year and question.carried_counts:
            this_year = _was_on_it_on_new_years_eve(history, question)
        if is_last:
            last = happened[-1]
        elif entry.occurred_on.year < question.year:
            continue
        if this_year:
            column = stands if stands in {"returned", "deducted", "deferred"} else "still_out"
        elif stands == "still_out":
            column = "carried_over"
        else:
            continue
        if _within(last, question):
            found.append((column, entry.priority, last))
    return found


def _standing(told: list[Told], question: Question) -> str:
    """The last standing that speaks of the ledger; home teaching is a return or not."""
    last = [fact for fact in told if fact.enters or fact.standing in OF_THE_LEDGER][-1]
    if last.standing == "returned" and last.code == "home_teaching" and not question.home_teaching_returns:
        return "still_out"
    return last.standing


def _was_on_it_on_new_years_eve(history: list[Told], question: Question) -> bool:
    told: list[Told] = []
    for fact in history:
        if fact.occurred_on < date(question.year, 1, 1):
            told = [fact] if fact.enters else [*told, fact] if told else []
    return bool(told) and _standing(told, question) not in OFF


def _key(last: Told, level: str, units: set[str]) -> str:
    if level == "unit":
        return last.county if last.county in units else last.county[:4]
    if level == "county":
        return last.county
    if level == "school":
        return str(last.school)
    return last.place[:9] if level == "township" else last.place


def _within(last: Told, question: Question) -> bool:
    return (
        last.county.startswith(question.county)
        and last.place.startswith(question.place)
        and (question.school is None or last.school == question.school)
    )
