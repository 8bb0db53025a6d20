from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = _("Workflows")

    def ready(self) -> None:
        from cases.journal import words as journal_words
        from cases.mobile import tasks as phone_tasks
        from cases.periodic import terms
        from cases.register import schooldays
        from notifications.messages import register_step_titles
        from notifications.summary import register_tasks
        from workflows import guards, policies, reactions
        from workflows.rows.history import particulars
        from workflows.rows.phone import PhoneTasks
        from workflows.rows.summary_counts import count_tasks
        from workflows.steps import title

        reactions.connect()
        guards.connect()
        register_step_titles(title)
        schooldays.use(lambda day, county_id: policies.calendar_of(county_id).is_school_day(day))
        terms.use(lambda unit_id: policies.calendar_of(unit_id).terms)
        register_tasks(count_tasks)
        phone_tasks.use(PhoneTasks())
        journal_words.use(particulars)
