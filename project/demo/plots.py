"""The demo's plots: roads of facts with the days between them, over every step and outcome."""

from __future__ import annotations

from dataclasses import dataclass

# A fact and the natural days that pass before it. "idle" at the end: for so many days nothing has happened since.
Road = list[tuple[str, int]]

LOOK: Road = [("open", 0), ("first_visit", 1), ("village_check", 0)]
CONCLUDE: Road = [*LOOK, ("dropped_out", 1)]
PLAN: Road = [*CONCLUDE, ("write_plan", 2), ("sign_plan", 1)]
PERSUADE: Road = [*PLAN, ("school_persuasion", 2), ("township_persuasion", 1)]
ROUNDS: Road = [*PERSUADE, ("round", 5), ("round", 6), ("round", 6)]
HELP: Road = [*ROUNDS, ("help", 4), ("help", 1)]
REPORT: Road = [*HELP, ("written_report", 2)]
TALK: Road = [*REPORT, ("talk_on_record", 2)]
ORDER: Road = [*TALK, ("issue_order", 2)]
SERVED: Road = [*ORDER, ("serve_order", 3)]
REFERRED: Road = [*SERVED, ("refer", 12)]
COURT: Road = [*REFERRED, ("mediated", 14)]


def back(road: Road, *, after: int = 4) -> Road:
    return [*road, ("back", after), ("confirm_return", 8)]


def returned(road: Road) -> Road:
    return [*back(road), ("approve", 2)]


@dataclass(frozen=True)
class Plot:
    road: Road
    idle: int
    copies: int = 1
    home: bool = False  # in the township and class of the accounts

    @property
    def put_off(self) -> bool:
        """Whether the child's enrolment is deferred."""
        return any(fact.startswith("defer") for fact, _days in self.road)


def plots() -> list[Plot]:
    """About eighty cases over every step and outcome, some of them overdue at each rung of the ladder."""
    return [
        Plot([("open", 0)], 0, 2, home=True),
        Plot([("open", 0)], 1, 1, home=True),
        Plot([("open", 0)], 3, 1),
        Plot([("open", 0)], 8, 1),
        Plot([("open", 0), ("first_visit", 1)], 2, 1, home=True),
        Plot([("open", 0), ("village_check", 1)], 6, 1, home=True),
        Plot(LOOK, 0, 1, home=True),
        Plot(LOOK, 7, 1, home=True),
        Plot([*LOOK, ("still_suspected", 1)], 5, 2, home=True),
        Plot([*LOOK, ("still_suspected", 1)], 30, 1),
        Plot([*LOOK, ("not_dropout", 1)], 20, 3),
        Plot([*LOOK, ("on_leave", 1)], 12, 2, home=True),
        Plot([*LOOK, ("on_leave", 1), ("leave_back", 31)], 10, 1),
        Plot(CONCLUDE, 1, 2, home=True),
        Plot(CONCLUDE, 9, 1),
        Plot([*CONCLUDE, ("write_plan", 2)], 1, 1, home=True),
        Plot([*CONCLUDE, ("write_plan", 2)], 12, 1, home=True),
        Plot(PLAN, 1, 2, home=True),
        Plot(PLAN, 6, 1, home=True),
        Plot(PLAN, 26, 1),
        Plot([*PLAN, ("joint_visit", 2)], 0, 1, home=True),
        Plot(PERSUADE, 3, 2, home=True),
        Plot(PERSUADE, 11, 1),
        Plot(PERSUADE, 19, 1, home=True),
        Plot(PERSUADE, 40, 1),
        Plot([*PERSUADE, ("round", 5), ("round", 6)], 4, 2, home=True),
        Plot(ROUNDS, 2, 2, home=True),
        Plot(ROUNDS, 15, 1),
        Plot([*ROUNDS, ("help", 4)], 5, 1),
        Plot(HELP, 1, 1, home=True),
        Plot(HELP, 10, 1),
        Plot(REPORT, 1, 1, home=True),
        Plot(TALK, 2, 1, home=True),
        Plot(TALK, 13, 1),
        Plot(ORDER, 2, 1, home=True),
        Plot(SERVED, 4, 1, home=True),
        Plot(SERVED, 12, 1, home=True),
        Plot(REFERRED, 9, 1, home=True),
        Plot(COURT, 6, 1, home=True),
        Plot([*PERSUADE, ("back", 4)], 3, 2, home=True),
        Plot(back(PERSUADE), 1, 2, home=True),
        Plot(back(PLAN), 9, 1),
        Plot(returned(PERSUADE), 8, 3, home=True),
        Plot(returned(ROUNDS), 12, 2),
        Plot([*returned(PERSUADE), ("watch", 22)], 12, 2, home=True),
        Plot([*returned(PERSUADE), ("watch", 22), ("watch", 30)], 10, 2),
        Plot([*returned(PLAN), ("watch", 22), ("watch", 30), ("watch", 30)], 12, 4),
        Plot([*returned(COURT)], 10, 1),
        Plot([*returned(PERSUADE), ("relapse", 23)], 2, 1, home=True),
        Plot([*returned(PLAN), ("relapse", 23)], 20, 1),
        Plot([*PERSUADE, ("back", 3), ("did_not_stay", 6)], 3, 1, home=True),
        Plot([*PLAN, ("deduct_moved", 5)], 1, 1, home=True),
        Plot([*PLAN, ("deduct_moved", 5), ("approve", 3)], 20, 2),
        Plot([*CONCLUDE, ("deduct_elsewhere", 4), ("approve", 2)], 40, 2),
        Plot([*CONCLUDE, ("defer", 4)], 1, 1, home=True),
        Plot([*CONCLUDE, ("defer", 4), ("approve", 2)], 30, 2),
        Plot([*CONCLUDE, ("defer_short", 4), ("approve", 2)], 48, 1, home=True),
        Plot([*CONCLUDE, ("danger", 1)], 0, 1, home=True),
    ]
