"""Random histories of children, written as facts, and random questions about them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from cases.directory.models import Area, Level, Organisation
from cases.journal.models import Entry
from cases.journal.verbs import Verb
from cases.register.models import Case, Sex, StandingChange, Student
from tests.cast import SHANGHAI
from tests.factories import Place, make_area, make_organisation
from tests.ledger.oracle import Question, Told

FIRST, LAST = date(2025, 1, 1), date(2027, 1, 31)
COUNTIES = ["420526", "420527", "420581", "420102", "422822", "429004", "429021"]
PLACEMENTS = ["same_class", "other_school", "home_teaching", "home_teaching"]
ENDINGS = [("returned", PLACEMENTS), ("deducted", ["died", "moved_away"]), ("deferred", ["illness"]), ("still_out", [""])]


@dataclass(frozen=True)
class Seat:
    """Where a child may be counted."""

    county: str
    place: str
    school: int | None


class World:
    """Some counties with townships, villages and schools, and children who move through them."""

    def __init__(self, place: Place, chance: Random) -> None:
        self.place, self.chance = place, chance
        self.seats = [seat for code in COUNTIES for seat in self._seats(code)]
        self.facts: list[Told] = []

    def _seats(self, county: str) -> list[Seat]:
        area, seats = Area.objects.get(code=county), []
        for number in ("901", "902"):
            township = make_area(f"{county}{number}", f"{area.name}{number}", Level.TOWNSHIP)
            village = make_area(f"{county}{number}201", f"村{number}", Level.VILLAGE)
            school = make_organisation("school", township, f"学校{county}{number}")
            seats += [Seat(county, township.code, None), Seat(county, village.code, school.pk)]
        # lives here, counted by the county of a school elsewhere
        return [*seats, Seat(county, f"{COUNTIES[0]}901201" if county != COUNTIES[0] else seats[0].place, None)]

    def live(self, number: int) -> None:
        """So many children, each with a history of a few years."""
        students = Student.objects.bulk_create(
            [
                Student(name="学生", sex=Sex.MALE, born_on=date(2013, 1, 1), registered_at=self.place.village_area, lives_at=self.place.village_area)
                for _ in range(number)
            ]
        )
        cases = Case.objects.bulk_create(
            [
                Case(
                    number=f"H{student.pk}", student=student, county=self.place.area, place=self.place.village_area, township=self.place.township,
                    education=self.place.education, channel="attendance", opened_at=datetime(2025, 1, 1, tzinfo=SHANGHAI),
                )
                for student in students
            ]
        )  # fmt: skip
        drafts = [draft for case in cases for draft in self._history(case)]
        # facts of different children were told among each other
        drafts.sort(key=lambda draft: draft.recorded_at)
        entries = Entry.objects.bulk_create([Entry(verb=Verb.LIST_EXPORTED, occurred_at=draft.recorded_at) for draft in drafts])
        for draft, entry in zip(drafts, entries, strict=True):
            draft.entry = entry
        # a history is in the order of its entries, and here and there the clock stood wrong
        for draft in drafts:
            if self.chance.random() < 0.05:
                draft.recorded_at -= timedelta(days=self.chance.randint(1, 60))
        self.facts += [self._told(fact) for fact in StandingChange.objects.bulk_create(drafts)]

    def _history(self, case: Case) -> list[StandingChange]:
        """Opened, entered, cleared, reopened, corrected, moved, some of it told late."""
        chance, told, seat = self.chance, [], self.chance.choice(self.seats)
        moment = datetime.combine(FIRST, time(8), SHANGHAI) + timedelta(days=chance.randint(0, 500), minutes=chance.randint(0, 900))
        standing, code = "suspected", ""
        for number in range(chance.randint(1, 9)):
            enters = False
            act = "open" if number == 0 else chance.choice(["enter", "clear", "clear", "relapse", "move", "suspect", "correct", "leave"])
            if act == "move":
                seat = chance.choice(self.seats)
            elif act in ("enter", "relapse"):
                standing, code, enters = "still_out", "", True
            elif act == "clear":
                standing, codes = chance.choice(ENDINGS)
                code = chance.choice(codes)
            elif act == "correct":
                standing, code = "still_out", ""
            elif act in ("suspect", "open", "leave"):
                standing, code = {"leave": chance.choice(["on_leave", "not_dropout", "cancelled"])}.get(act, "suspected"), ""
            late = chance.choice([0, 0, 0, 0, 1, 5, 20, 40, 150])
            told.append(
                StandingChange(
                    case=case, episode=1, standing=standing, code=code, occurred_on=max(moment.date() - timedelta(days=late), FIRST),
                    recorded_at=moment, enters_ledger=enters, priority_household=chance.random() < 0.4 if enters else None,
                    county_id=seat.county, place_id=seat.place, school_id=seat.school,
                )
            )  # fmt: skip
            moment += timedelta(days=chance.choice([0, 1, 8, 30, 90, 200]), minutes=chance.choice([0, 7]))
        return told

    @staticmethod
    def _told(fact: StandingChange) -> Told:
        return Told(
            fact.case_id, fact.entry_id, fact.standing, fact.occurred_on, fact.recorded_at, fact.enters_ledger, bool(fact.priority_household),
            fact.code, fact.county_id, fact.place_id, fact.school_id,
        )  # fmt: skip

    def question(self) -> Question:
        """A month, a moment, a level, a part of the province, and the switches."""
        chance, seat = self.chance, self.chance.choice(self.seats)
        year, month = chance.choice([2025, 2026, 2026, 2027]), chance.randint(1, 12)
        until = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        as_of = None
        if chance.random() < 0.6:
            as_of = datetime.combine(FIRST, time(8), SHANGHAI) + timedelta(days=chance.randint(0, 900), minutes=chance.randint(0, 900))
        levels: list[tuple[str, dict[str, Any]]] = [
            ("unit", {}),
            ("unit", {}),
            ("county", {}),
            ("county", {"county": "4205"}),
            ("township", {"county": seat.county}),
            ("village", {"county": seat.county, "place": seat.place[:9]}),
            ("village", {"place": seat.place[:9]}),
            ("school", {"county": seat.county}),
            ("school", {"county": seat.county, "school": seat.school}),
        ]
        level, narrow = chance.choice(levels)
        switches = [chance.random() < 0.35 for _ in range(3)]
        return Question(year, until, as_of, level, switches[0], not switches[1], switches[2], **narrow)


def lines_of(question: Question) -> list[str]:
    """The keys that the table has a line for."""
    root = question.place or question.county
    if question.level == "school":
        schools = Organisation.objects.filter(kind="school", area__code__startswith=root)
        return [str(pk) for pk in schools.values_list("pk", flat=True) if question.school in (None, pk)]
    if question.level == "unit":
        return list(units())
    return list(Area.objects.filter(level=question.level, active=True, code__startswith=root).values_list("code", flat=True))


def units() -> list[str]:
    return list(Area.objects.filter(ledger_position__isnull=False).values_list("code", flat=True))
