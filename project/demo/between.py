"""What goes between the demo's two counties: a child offered each way, a request for help, a draw of spot checks."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from cases.codes.services import setting
from cases.directory.models import Area, Organisation, User
from cases.register.models import Case, Clearance, ClearanceState, Standing
from cases.spotchecks import lots, services
from cases.spotchecks.models import Draw
from cases.spotchecks.quarterly import last_quarter
from cases.transfers.inquiries import ask
from cases.transfers.services import offer
from project.demo.papers import paper
from project.demo.world import COUNTY, NEIGHBOUR, World
from workflows.models import Assignment

TRIES = 500


def tell(world: World, now: datetime) -> None:
    ours, theirs = User.objects.get(username="county"), User.objects.get(username="stranger")
    then = now - timedelta(days=2)
    away = _still_out(COUNTY)[-1]
    theirs_to_us, wanted = _still_out(NEIGHBOUR)[:2]
    offer(
        away, reason="school_changed", to_place=world.neighbours[0].area, to_school=_school(NEIGHBOUR), note="随父母迁居，学籍已转出。",
        evidence=[("roll_screenshot", paper("学籍转出截图"))], by=ours, now=then,
    )  # fmt: skip
    offer(
        theirs_to_us, reason="family_moved", to_place=world.townships[0].area, to_school=_school(COUNTY), note="孩子随母亲回外祖父母家居住。",
        evidence=[("enrolment_certificate", paper("在读证明"))], by=theirs, now=then,
    )  # fmt: skip
    ask(
        wanted, to_county=Area.objects.get(code=COUNTY), believed_at="长梁镇某建材店，跟随舅舅帮工",
        question="请核实孩子是否在店内、由谁照看，并告知其愿不愿意就近入学。", by=theirs, now=then,
    )  # fmt: skip
    _draw(world, now - timedelta(days=1))


def _still_out(county: str) -> list[Case]:
    """Children on the ledger about whom nothing waits for a decision."""
    waiting = Clearance.objects.filter(case=OuterRef("pk"), state=ClearanceState.PROPOSED)
    danger = Assignment.objects.filter(case=OuterRef("pk"), state="open", step__in=("confirm_receipt", "answer_order"))
    rows = Case.objects.filter(county=county, standing=Standing.STILL_OUT, closed_at=None, paused_at=None, back_since=None)
    return list(rows.exclude(Exists(waiting)).exclude(Exists(danger)).order_by("pk"))


def _school(county: str) -> Organisation:
    return Organisation.objects.filter(kind="school", area__code__startswith=county, name__contains="初级中学").order_by("pk")[0]


def _draw(world: World, now: datetime) -> None:
    """The last quarter's draw, or this one's where nothing was cleared yet; with a seed that sends the account's township somewhere."""
    county, today = Area.objects.get(code=COUNTY), timezone.localdate(now)
    for year, quarter in (last_quarter(now), (today.year, (today.month + 2) // 3)):
        candidates = services.candidates(county, year=year, quarter=quarter)
        if candidates:
            seed = next((seed for seed in map(_seed, range(TRIES)) if _sends_the_account(world, county, candidates, seed, now)), "")
            services.draw(county, year=year, quarter=quarter, now=now, seed=seed)
            return


def _seed(number: int) -> str:
    return hashlib.sha256(f"demo {number}".encode()).hexdigest()[:32]


def _sends_the_account(world: World, county: Area, candidates: list[int], seed: str, now: datetime) -> bool:
    share, made = int(setting("spot_check_share", county.code, 10)), Draw(county=county, seed=seed)
    picked = Clearance.objects.select_related("case__education").filter(pk__in=lots.pick(candidates, seed=seed, share=share))
    return any(services.visitor(made, one, one.case, today=timezone.localdate(now))[0] == world.places["township"] for one in picked)
