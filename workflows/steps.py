"""The heart: who does what by when, and which fact ends it. One entry a step; every number is a setting that a county may change.

Evidence marks: [S] the notice 2023-6, [L] statute, [W] local practice, [D] our default, to be confirmed by the county's legal office.
Working days skip weekends and holidays and count make-up workdays; the day of the event is not counted.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cases.directory.models import Line
from cases.journal.verbs import Verb
from workflows.duedays import (
    after_the_day,
    answer_by,
    before_the_end,
    day_of_the_matter,
    days_after_return,
    end_of_leave,
    end_of_term,
    first_day_back,
    from_opening,
    maturity,
    to_be_in_time,
)
from workflows.posts import (
    COUNTY,
    COUNTY_HEAD,
    COUNTY_OFFICER,
    DEFERRERS,
    JUSTICE,
    PREFECTURE_HEAD,
    PREFECTURE_OFFICER,
    PRINCIPAL,
    PRINCIPALS,
    PROVINCE_HEAD,
    PROVINCE_OFFICER,
    TEACHERS,
    TOWNSHIP,
    TOWNSHIP_HEAD,
    VILLAGERS,
)
from workflows.steprules import StepRule, about, finally_answered, hours, met_in_person, natural_days, of_kind, of_number, school_days, working_days

GOVERNMENT, EDUCATION = Line.GOVERNMENT, Line.EDUCATION

VISITED = (Verb.VISIT_LOGGED, Verb.VISIT_CONFIRMED)
CONCLUDED = (Verb.VERIFICATION_CONCLUDED,)
MATURED = (Verb.SUSPICION_MATURED,)
FILED = (Verb.DOCUMENT_FILED,)
EXPIRED = (Verb.TERM_EXPIRED,)
RETURNED = (Verb.RETURN_PROPOSED, Verb.RETURN_FAILED)
DECIDED = (Verb.CLEARANCE_APPROVED, Verb.CLEARANCE_REFUSED, Verb.CLEARANCE_WITHDRAWN)
WATCHED = (Verb.WATCH_RECORDED,)
COMPILED = (Verb.REPORT_COMPILED,)
SIGNED = (Verb.REPORT_SIGNED, Verb.REPORT_SENT_BACK)
CHECKED = (Verb.REPORT_CHECKED, Verb.REPORT_SENT_BACK)
ACCEPTED = (Verb.REPORT_ACCEPTED, Verb.REPORT_SENT_BACK)
TAKEN = (Verb.TRANSFER_ACCEPTED, Verb.TRANSFER_REFUSED)
JUDGED = (Verb.SUPERVISION_ACCEPTED, Verb.SUPERVISION_SENT_BACK, Verb.SUPERVISION_ACCOUNTABLE)

# fmt: off
STEPS: dict[str, StepRule] = {
    # ── from suspicion to persuasion
    "first_visit": StepRule(_("First visit"), TEACHERS, EDUCATION, working_days(1), VISITED, ends=met_in_person),
    "village_check": StepRule(_("Village check"), VILLAGERS, GOVERNMENT, working_days(1), (Verb.VILLAGE_CHECKED,)),
    "conclude_verification": StepRule(_("Conclude verification"), PRINCIPALS, EDUCATION, working_days(3), CONCLUDED, due=from_opening),
    "persuade_suspected": StepRule(_("Persuade while suspected"), TEACHERS, EDUCATION, natural_days(23), MATURED, due=maturity, road=True),
    "leave_ends": StepRule(_("End of leave"), PRINCIPALS, EDUCATION, working_days(1), (Verb.LEAVE_ENDED,), due=end_of_leave),
    "write_plan": StepRule(_("Write the case plan"), PRINCIPALS, EDUCATION, working_days(3), (Verb.PLAN_WRITTEN,)),
    "sign_plan": StepRule(_("Sign the case plan"), TOWNSHIP, GOVERNMENT, working_days(2), (Verb.PLAN_SIGNED, Verb.PLAN_SENT_BACK)),
    "school_persuasion": StepRule(_("School persuasion"), TEACHERS, EDUCATION, working_days(3), VISITED, ends=met_in_person),
    "township_persuasion": StepRule(_("Township persuasion"), TOWNSHIP, GOVERNMENT, working_days(5), VISITED, ends=met_in_person),
    "joint_persuasion": StepRule(_("Joint persuasion"), TOWNSHIP, GOVERNMENT, natural_days(7), (Verb.ROUND_HELD,)),
    "department_help": StepRule(_("Help by a department"), (), GOVERNMENT, working_days(7), (Verb.HELP_ANSWERED,), ends=finally_answered),
    # ── enforcement
    "written_report": StepRule(_("Written report"), PRINCIPALS, EDUCATION, working_days(3), FILED, ends=of_kind("written_report")),
    "talk_on_record": StepRule(_("Talk on record"), TOWNSHIP, GOVERNMENT, working_days(3), FILED, ends=of_kind("talk_record")),
    "issue_order": StepRule(_("Issue the order"), (TOWNSHIP_HEAD,), GOVERNMENT, working_days(3), FILED, ends=of_kind("order_to_comply")),
    "serve_order": StepRule(_("Serve the order"), TOWNSHIP, GOVERNMENT, working_days(7), (Verb.DOCUMENT_SERVED,), ends=of_kind("order_to_comply")),
    "term_runs": StepRule(_("Term of the order"), (), GOVERNMENT, natural_days(7), EXPIRED, due=end_of_term, legal=True, wait=True, road=True),
    "penalty": StepRule(_("Penalty"), (TOWNSHIP_HEAD,), GOVERNMENT, working_days(7), FILED, ends=of_kind("penalty_decision")),
    "refer": StepRule(_("Refer the case"), (COUNTY_HEAD, COUNTY_OFFICER), EDUCATION, working_days(5), (Verb.CASE_REFERRED,)),
    "follow_case_in_court": StepRule(_("Follow the case in court"), JUSTICE, GOVERNMENT, natural_days(30), (Verb.COURT_RECORDED,)),
    # ── review: whoever proposes never approves
    "confirm_return": StepRule(_("Confirm the return"), PRINCIPALS, EDUCATION, school_days(5), RETURNED, due=first_day_back),
    "approve_return": StepRule(_("Approve the return"), COUNTY, EDUCATION, working_days(3), DECIDED, ends=about("clearance"), four_eyes=True),
    "watch_30": StepRule(_("Watch at 30 days"), TEACHERS, EDUCATION, working_days(5), WATCHED, ends=of_number(30), due=days_after_return(30)),
    "watch_60": StepRule(_("Watch at 60 days"), TEACHERS, EDUCATION, working_days(5), WATCHED, ends=of_number(60), due=days_after_return(60)),
    "watch_90": StepRule(_("Watch at 90 days"), TEACHERS, EDUCATION, working_days(5), WATCHED, ends=of_number(90), due=days_after_return(90)),
    "approve_deduction": StepRule(_("Approve the deduction"), COUNTY, EDUCATION, working_days(5), DECIDED, ends=about("clearance"), four_eyes=True),
    "approve_deferral": StepRule(_("Approve the deferral"), DEFERRERS, EDUCATION, working_days(5), DECIDED, ends=about("clearance"), four_eyes=True),
    "deferral_ends": StepRule(_("Deferral ends"), COUNTY, EDUCATION, natural_days(10), (Verb.CASE_REOPENED, Verb.CASE_CLOSED), due=before_the_end),
    # ── protection and supervision
    "confirm_receipt": StepRule(_("Confirm receipt"), (), GOVERNMENT, hours(2), (Verb.RECEIPT_CONFIRMED,), ends=about("receipt"), never_waits=True),
    "extra_task": StepRule(_("Extra task"), (), GOVERNMENT, working_days(3), (Verb.EXTRA_ANSWERED,), ends=about("extra")),
    "answer_order": StepRule(
        _("Answer the order"), (), GOVERNMENT, working_days(5), (Verb.SUPERVISION_ANSWERED,), ends=about("order"), due=answer_by, own=True
    ),
    "decide_on_answer": StepRule(_("Decide on the answer"), (), GOVERNMENT, working_days(3), JUDGED, ends=about("order"), own=True),
    # ── between units
    "answer_transfer": StepRule(
        _("Answer the transfer"), (), EDUCATION, working_days(5), TAKEN, ends=about("transfer"), own=True, outside=True
    ),
    "answer_inquiry": StepRule(
        _("Answer the request for help"), (), EDUCATION, working_days(5), (Verb.INQUIRY_ANSWERED,), ends=about("inquiry"), own=True, outside=True
    ),
    "spot_check": StepRule(_("Spot check"), (), GOVERNMENT, working_days(10), (Verb.SPOT_CHECKED,), ends=about("check"), own=True, outside=True),
    # ── 人账相符: whoever enters our ledger must stand in the school-roll system's, too (note 2 of the notice's table)
    "enter_school_roll": StepRule(_("Enter in the school roll"), PRINCIPALS, EDUCATION, working_days(3), (Verb.ROLL_ENTERED,)),
    "settle_differences": StepRule(
        _("Settle the differences"), (), EDUCATION, working_days(3), (Verb.DISCREPANCY_SETTLED, Verb.ROSTER_COMPARED), due=day_of_the_matter,
        own=True, outside=True,
    ),
    # ── inspection
    "answer_finding": StepRule(
        _("Answer the finding"), (), GOVERNMENT, working_days(10), (Verb.FINDING_ANSWERED, Verb.FINDING_ACCOUNTABLE), due=day_of_the_matter, own=True,
        outside=True,
    ),
    # ── the monthly report: in time is what is with the province on the 15th, and the steps before are counted back from it
    "compile_report": StepRule(_("Compile the report"), COUNTY, EDUCATION, working_days(1), COMPILED, due=to_be_in_time),
    "sign_report": StepRule(_("Sign the report"), (COUNTY_HEAD,), EDUCATION, working_days(1), SIGNED, due=to_be_in_time),
    "check_report": StepRule(_("Check the report"), (PREFECTURE_OFFICER,), EDUCATION, working_days(1), CHECKED, due=to_be_in_time),
    "accept_report": StepRule(_("Accept the report"), (PROVINCE_OFFICER,), EDUCATION, working_days(2), ACCEPTED, due=after_the_day),
    # ── the periodic reports (教基厅函〔2024〕15号): in time is what is sent or signed on the day of the report
    "send_school_report": StepRule(_("Send the school's report"), (PRINCIPAL,), EDUCATION, natural_days(3), (Verb.REPORT_FILED,), due=to_be_in_time),
    "compile_review": StepRule(_("Compile the review"), COUNTY, EDUCATION, working_days(10), COMPILED, due=to_be_in_time),
    "sign_review": StepRule(_("Sign the review"), (COUNTY_HEAD,), EDUCATION, working_days(3), SIGNED, due=to_be_in_time),
    "compile_survey": StepRule(_("Compile the survey"), (PREFECTURE_OFFICER,), EDUCATION, working_days(20), COMPILED, due=to_be_in_time),
    "sign_survey": StepRule(_("Sign the survey"), (PREFECTURE_HEAD,), EDUCATION, working_days(3), SIGNED, due=to_be_in_time),
    "compile_assessment": StepRule(_("Compile the assessment"), (PROVINCE_OFFICER,), EDUCATION, working_days(20), COMPILED, due=to_be_in_time),
    "sign_assessment": StepRule(_("Sign the assessment"), (PROVINCE_HEAD,), EDUCATION, working_days(3), SIGNED, due=to_be_in_time),
}

NEVER_WAIT = frozenset(step for step, rule in STEPS.items() if rule.never_waits)

# On what each allowance rests: [S] the notice, [L] statute, [W] local practice, [D] our default.
BASIS = {
    "first_visit": "[W] same day in most places",
    "village_check": "[W] 24 hours",
    "conclude_verification": "[W] 3 days without weekends; [L] 《未成年人保护法》第二十八条",
    "persuade_suspected": "[W] 30 days absent count as dropped out",
    "leave_ends": "[L] 《义务教育法》第十一条",
    "write_plan": "[S] section 2: one plan a child; 5 working days with the signature",
    "sign_plan": "[S] sections 1 and 2",
    "school_persuasion": "[S] section 1: dual line",
    "township_persuasion": "[S] section 1: dual line",
    "joint_persuasion": "[W] 7 days",
    "department_help": "[D]; [S] section 1: members of the conference",
    "written_report": "[L] 《未成年人保护法》第二十八条",
    "talk_on_record": "[L] 《义务教育法》第五十八条",
    "issue_order": "[L] 《义务教育法》第五十八条、《未成年人保护法》第八十三条",
    "serve_order": "[D] 7 working days to serve",
    "term_runs": "[W] 7 natural days from service",
    "penalty": "off: national law has none",
    "refer": "[D]",
    "follow_case_in_court": "[D] every 30 days",
    "confirm_return": "[D] 5 school days; [W] roster evidence",
    "approve_return": "[D] four eyes",
    "watch_30": "[D]",
    "watch_60": "[D]",
    "watch_90": "[D]",
    "approve_deduction": "[D] four eyes; [S] table",
    "approve_deferral": "[L] 《义务教育法》第十一条; time [W] 1 to 5",
    "deferral_ends": "[W] 10 days before the end",
    "confirm_receipt": "[L] 《未成年人保护法》第十一条",
    "extra_task": "[D]",
    "answer_order": "[D]; [S] section 6",
    "decide_on_answer": "[D]; [S] section 6",
    "answer_transfer": "[D]",
    "answer_inquiry": "[D]",
    "enter_school_roll": "[S] table, note 2; time [D]",
    "settle_differences": "[D]; the days of a setting",
    "answer_finding": "[S] section 6; [D] the day is the inspector's",
    "compile_report": "[S] section 3: by the 15th of each month; [D] counted back",
    "sign_report": "[S] section 3: by the 15th of each month; [D] counted back",
    "check_report": "[S] section 3: by the 15th of each month",
    "accept_report": "[D]",
    "send_school_report": "[S] 教基厅函〔2024〕15号: once a month; [W] by the 28th",
    "compile_review": "[S] 教基厅函〔2024〕15号: once a quarter; [D] the day, counted back",
    "sign_review": "[S] 教基厅函〔2024〕15号: once a quarter; [D] the day",
    "compile_survey": "[S] 教基厅函〔2024〕15号: once a term; [D] the day, counted back",
    "sign_survey": "[S] 教基厅函〔2024〕15号: once a term; [D] the day",
    "compile_assessment": "[S] 教基厅函〔2024〕15号: once a school year; [D] the day, counted back",
    "sign_assessment": "[S] 教基厅函〔2024〕15号: once a school year; [D] the day",
    "spot_check": "[D]; [W] ministry notice 2024-15: random re-checks",
}
# fmt: on


def title(step: str) -> str:
    """The step's name in the reader's language; the bare code for one that no longer exists."""
    rule = STEPS.get(step)
    return str(rule.title) if rule else step
