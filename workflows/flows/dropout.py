"""From suspicion to persuasion (notice 2023-6, sections 1 to 4). Order, and nothing else."""

from __future__ import annotations

from viewflow import this
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation

from cases.codes.services import setting
from cases.register.models import PlanMeasure, Standing
from workflows.nodes import If, Join, OfACase, SplitFor, Step, Switch, standing_is


def _signed(activation: Activation) -> bool:
    return bool(activation.process.case.plans.filter(episode=activation.process.episode, signed_township_at__isnull=False).exists())


def _another_round(activation: Activation) -> bool:
    case = activation.process.case
    return bool(case.rounds.filter(episode=case.episode).count() < int(setting("persuasion_rounds", case.county_id, 3)))


class DropoutFlow(OfACase, flow.Flow):
    # somebody noticed that a child is missing: both lines look at once
    start = flow.StartHandle(this.open).Next(this.look)
    look = flow.Split().Always(this.first_visit).Always(this.village_check)
    first_visit = Step().Next(this.looked)
    village_check = Step().Next(this.looked)
    looked = Join().Next(this.conclude_verification)

    # what was found
    verify_again = flow.StartHandle(this.open).Next(this.conclude_verification)
    conclude_verification = Step().Next(this.found)
    found = (
        Switch()
        .Case(this.write_plan, standing_is(Standing.STILL_OUT))
        .Case(this.persuade_suspected, standing_is(Standing.SUSPECTED))
        .Case(this.leave_ends, standing_is(Standing.ON_LEAVE))
        .Default(this.end)
    )
    persuade_suspected = Step().Next(this.conclude_verification)
    leave_ends = Step().Next(this.back_from_leave)
    back_from_leave = (
        Switch()
        .Case(this.leave_ends, standing_is(Standing.ON_LEAVE))
        .Case(this.conclude_verification, standing_is(Standing.SUSPECTED))
        .Default(this.end)
    )

    # one plan a child, signed by both lines
    relapse = flow.StartHandle(this.open).Next(this.write_plan)
    write_plan = Step().Next(this.sign_plan)
    sign_plan = Step().Next(this.is_signed)
    is_signed = If(_signed).Then(this.persuade).Else(this.write_plan)

    # persuasion by both lines, then together, in rounds
    persuade = flow.Split().Always(this.school_persuasion).Always(this.township_persuasion)
    school_persuasion = Step().Next(this.persuaded)
    township_persuasion = Step().Next(this.persuaded)
    persuaded = Join().Next(this.joint_persuasion)
    persuade_again = flow.StartHandle(this.open).Next(this.joint_persuasion)
    joint_persuasion = Step().Next(this.another_round)
    another_round = If(_another_round).Then(this.joint_persuasion).Else(this.help)

    # help by departments, as many side by side as the plan names
    help = SplitFor(this.measures).Each(this.department_help).Otherwise(this.end)
    department_help = Step().Next(this.helped)
    helped = Join().Next(this.end)

    end = flow.End()  # still out: `workflows.reactions` goes on with enforcement

    def measures(self, activation: Activation) -> list[int]:
        """The measures of this episode's plan that nobody answered yet."""
        process = activation.process
        return list(
            PlanMeasure.objects.filter(plan__case=process.case, plan__episode=process.episode, answer="").order_by("pk").values_list("pk", flat=True)
        )
