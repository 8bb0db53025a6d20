"""Two people where the rules want two: who looks again when one of them could have been both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from cases.directory.capabilities import CAPABILITIES, covers
from cases.register.decisions import APPROVES
from cases.register.models import Outcome
from workflows.ladders import Held, Post, directory

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case


def above_approver(case: Case, by: User, outcome: str) -> tuple[int, ...]:
    """Who holds the post above the one from which this person approves, or the first above it that somebody else holds (pks)."""
    able = APPROVES[Outcome(outcome)]
    approving = [post for post in by.posts() if able in CAPABILITIES[post.role] and covers(post, case)]
    if not approving:
        return ()
    post = Post(approving[0].organisation_id, approving[0].role)
    offices = directory([Held(post, None, None, case.county_id)], timezone.localdate())
    while found := offices.climb(offices.above(post, case.county_id), case.county_id):
        if others := tuple(person for person in found.people if person != by.pk):
            return others
        post = found.post
    return ()
