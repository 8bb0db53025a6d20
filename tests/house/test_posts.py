"""Whoever a step may fall to must be able to do it."""

from __future__ import annotations

import pytest

from cases.directory.capabilities import CAPABILITIES, Capability
from workflows.steps import STEPS

NEEDS = {
    "first_visit": Capability.LOG_VISIT,
    "persuade_suspected": Capability.LOG_VISIT,
    "school_persuasion": Capability.LOG_VISIT,
    "township_persuasion": Capability.LOG_VISIT,
    "village_check": Capability.CHECK_VILLAGE,
    "conclude_verification": Capability.CONCLUDE,
    "leave_ends": Capability.CONCLUDE,
    "write_plan": Capability.WRITE_PLAN,
    "sign_plan": Capability.SIGN_PLAN,
    "joint_persuasion": Capability.HOLD_ROUND,
    "written_report": Capability.FILE_DOCUMENT,
    "talk_on_record": Capability.FILE_DOCUMENT,
    "issue_order": Capability.ISSUE_ORDER,
    "penalty": Capability.FILE_DOCUMENT,
    "serve_order": Capability.SERVE_DOCUMENT,
    "refer": Capability.REFER,
    "follow_case_in_court": Capability.FOLLOW_COURT,
    "confirm_return": Capability.CONFIRM_RETURN,
    "approve_return": Capability.APPROVE_RETURN,
    "approve_deduction": Capability.APPROVE_DEDUCTION,
    "approve_deferral": Capability.APPROVE_DEFERRAL,
    "deferral_ends": Capability.APPROVE_DEFERRAL,
    "watch_30": Capability.RECORD_WATCH,
    "watch_60": Capability.RECORD_WATCH,
    "watch_90": Capability.RECORD_WATCH,
    "enter_school_roll": Capability.RECONCILE,
    **dict.fromkeys(("send_school_report", "compile_review", "sign_review", "compile_survey", "sign_survey"), Capability.SEE_LEDGER),
    **dict.fromkeys(("compile_assessment", "sign_assessment"), Capability.SEE_LEDGER),
    **dict.fromkeys(("compile_report", "sign_report", "check_report", "accept_report"), Capability.SEE_LEDGER),
}
BY_SUBJECT = {
    "department_help",
    "confirm_receipt",
    "extra_task",
    "term_runs",
    "answer_order",
    "answer_transfer",
    "answer_inquiry",
    "spot_check",
    "decide_on_answer",
}  # the organisation comes from what they are about


@pytest.mark.parametrize("step", sorted(set(STEPS) - BY_SUBJECT))
def test_every_post_of_a_step_may_do_it(step: str) -> None:
    for post in STEPS[step].posts:
        assert NEEDS[step] in CAPABILITIES[post.role], f"{step} falls to {post.role}"
