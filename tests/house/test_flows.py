"""Node names and flow modules are stored data: renaming one needs a data migration, so this list is committed."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.db.models import ProtectedError
from viewflow.workflow.models import Task
from viewflow.workflow.nodes.timer import Timer

from cases.directory.models import User
from cases.register.models import Case
from workflows.actions import ACTIONS
from workflows.models import FLOW_OF_REPORT, Assignment, Kind
from workflows.nodes import If, Step, Switch
from workflows.rows.ahead import WHEN
from workflows.running import flow_of
from workflows.steps import STEPS

NODES = {
    "workflows/flows.dropout.DropoutFlow": """
        another_round back_from_leave conclude_verification department_help end first_visit found help helped is_signed joint_persuasion
        leave_ends look looked persuade persuade_again persuade_suspected persuaded relapse school_persuasion sign_plan start
        township_persuasion verify_again village_check write_plan""",
    "workflows/flows.enforcement.EnforcementFlow": """
        follow_case_in_court is_penalty_allowed is_rejected issue_order penalty refer serve_order start talk_on_record term_runs written_report""",
    "workflows/flows.review.ReturnFlow": """
        approve_return attends_30 attends_60 confirm_return did_stay end is_approved start watch_30 watch_60 watch_90""",
    "workflows/flows.review.DeductionFlow": "approve_deduction end start",
    "workflows/flows.review.DeferralFlow": "approve_deferral deferral_ends end is_approved start",
    "workflows/flows.supervision.ProtectionFlow": "addressees confirm_receipt end received start",
    "workflows/flows.supervision.ExtraFlow": "end extra_task start",
    "workflows/flows.between.TransferFlow": "answer_transfer end start",
    "workflows/flows.between.InquiryFlow": "answer_inquiry end start",
    "workflows/flows.between.SpotCheckFlow": "end spot_check start",
    "workflows/flows.schoolroll.SchoolRollFlow": "end enter_school_roll start",
    "workflows/flows.matters.DifferencesFlow": "end settle_differences start",
    "workflows/flows.matters.FindingFlow": "answer_finding end start",
    "workflows/flows.ledger.ReportFlow": "accept_report check_report compile_report end is_accepted is_checked is_signed sign_report start",
    "workflows/flows.periodic.SchoolMonthFlow": "end send_school_report start",
    "workflows/flows.periodic.QuarterFlow": "compile_review end is_signed sign_review start",
    "workflows/flows.periodic.TermFlow": "compile_survey end is_signed sign_survey start",
    "workflows/flows.periodic.SchoolYearFlow": "compile_assessment end is_signed sign_assessment start",
    "workflows/flows.supervision.OrderFlow": "answer_order decide_on_answer end is_sent_back start",
}
FLOWS: list[Any] = [flow_of(kind) for kind in Kind]


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__)
def test_no_node_was_renamed_without_a_migration(flow: Any) -> None:
    key = f"workflows/{flow.__module__.removeprefix('workflows.')}.{flow.__name__}"
    assert sorted(node.name for node in flow.instance.nodes()) == sorted(NODES[key].split())


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__)
def test_there_is_one_clock_and_viewflow_has_none(flow: Any) -> None:
    for node in flow.instance.nodes():
        assert not isinstance(node, Timer)
        assert not node._boundary_events


def test_every_step_has_a_node_a_form_and_a_title_that_fits_the_chart() -> None:
    nodes = {node.name for flow in FLOWS for node in flow.instance.nodes() if isinstance(node, Step)}
    assert nodes == set(STEPS)
    beside = (*FLOW_OF_REPORT.values(), Kind.DIFFERENCES, Kind.FINDING)  # about no case: the page of the report or of its room has the form
    on_its_own_page = {node.name for kind in beside for node in flow_of(kind).instance.nodes()}
    assert set(ACTIONS) == {name for name, rule in STEPS.items() if not rule.wait} - on_its_own_page


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__)
def test_wherever_the_roads_part_the_task_page_says_on_what_it_depends(flow: Any) -> None:
    parting = [node for node in flow.instance.nodes() if isinstance(node, (If, Switch))]
    branches = {(node.name, edge.dst.name) for node in parting for edge in node._outgoing() if edge.dst.name != "end"}
    assert branches <= set(WHEN)


@pytest.mark.django_db
def test_nobody_who_did_something_can_be_deleted(case: Case, teacher: User) -> None:
    with pytest.raises(ProtectedError), transaction.atomic():
        teacher.delete()
    assert Assignment.objects.filter(holder=teacher).exists()


@pytest.mark.django_db
def test_a_task_that_somebody_must_do_cannot_be_deleted_with_its_owner(case: Case, teacher: User) -> None:
    task = Task.objects.filter(assignment__holder=teacher).get()
    with pytest.raises(ProtectedError), transaction.atomic():
        task.delete()


@pytest.mark.django_db
def test_no_local_variable_of_an_error_reaches_the_database(case: Case) -> None:
    task = Task.objects.filter(assignment__case=case).first()
    assert task is not None
    task.data = {"_exception": {"title": "李某某 420526201305040011", "locals": {"name": "李某某"}}}
    task.save()
    task.refresh_from_db()
    assert task.data == {"_exception": {"scrubbed": True}}
