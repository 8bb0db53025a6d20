"""Every component in all its states, on one page; only for those who build the product and for the demo."""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class FilterExample(forms.Form):
    school = forms.ChoiceField(label=gettext_lazy("School"), choices=[("", gettext_lazy("All schools")), ("1", "长岭镇初级中学")], required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("Deadline"), choices=[("", gettext_lazy("All deadlines")), ("late", gettext_lazy("Overdue"))], required=False
    )


class FieldExample(forms.Form):
    """One field of each kind."""

    visited_on = forms.DateField(label=gettext_lazy("Day of the visit"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    school = forms.ChoiceField(label=gettext_lazy("School"), choices=[("", "—"), ("1", "长岭镇初级中学")])
    way = forms.ChoiceField(
        label=gettext_lazy("Way of the visit"),
        choices=[("home", gettext_lazy("In person")), ("phone", gettext_lazy("By telephone")), ("video", gettext_lazy("By video"))],
        widget=forms.RadioSelect(attrs={"class": "kc-tiles--three"}),
        initial="home",
    )
    met = forms.MultipleChoiceField(
        label=gettext_lazy("Who was met"),
        help_text=gettext_lazy("More than one may be chosen"),
        choices=[
            ("child", gettext_lazy("The child")),
            ("mother", gettext_lazy("Mother")),
            ("father", gettext_lazy("Father")),
            ("nobody", gettext_lazy("Nobody")),
        ],
        widget=forms.CheckboxSelectMultiple,
    )
    result = forms.ChoiceField(
        label=gettext_lazy("Result of the talk"),
        choices=[
            ("yes", gettext_lazy("Will come back, on a day agreed")),
            ("unsure", gettext_lazy("Still hesitates, another visit is needed")),
            ("no", gettext_lazy("Refuses")),
        ],
        widget=forms.RadioSelect(attrs={"class": "kc-tiles--list"}),
    )
    remarks = forms.CharField(
        label=gettext_lazy("What was said"),
        help_text=gettext_lazy("Facts only; no identity or telephone numbers."),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    photo = forms.FileField(label=gettext_lazy("Photo of the signed paper"), required=False)
    danger = forms.BooleanField(
        label=gettext_lazy("The child is in danger"), help_text=gettext_lazy("Reported to the county at once."), required=False
    )


def styleguide(request: HttpRequest) -> HttpResponse:
    if not (settings.DEBUG or settings.DEMO):
        raise Http404
    now = timezone.now()
    bound = FieldExample({"way": "home", "met": ["child"], "remarks": "…"})
    return render(request, "styleguide.html", context(now, bound) | {"filters_form": FilterExample(request.GET)})


def context(now: Any, bound: forms.Form) -> dict[str, Any]:
    def ago(days: int) -> Any:
        return now - timedelta(days=days)

    page = Paginator(range(240), 20).page(5)
    return {
        "now": now,
        "form": FieldExample(),
        "bound": bound,
        "page": page,
        "crumbs": [(_("Cases"), "#"), ("2026-0417", "#"), (_("Components"), "")],
        "dues": [ago(3), ago(1), now, now + timedelta(days=1), now + timedelta(days=6)],
        "tabs": [
            {"label": _("Mine"), "url": "#", "count": 7, "current": True},
            {"label": _("Assigned"), "url": "#", "count": 4},
            {"label": _("Followed"), "url": "#", "count": 9},
            {"label": _("Finished"), "url": "#"},
        ],
        "steps": [
            {"label": _("Verification"), "state": "done", "note": "11-10"},
            {"label": _("First visit"), "state": "done", "note": "11-13"},
            {"label": _("Persuasion"), "state": "late", "note": _("round 2")},
            {"label": _("Enforcement"), "state": "ahead"},
            {"label": _("Return"), "state": "ahead"},
        ],
        "rows": [
            ("李某某", "长岭镇初级中学", _("weary of school"), "red", _("Rung 3"), _("Second home visit"), "王建国", ago(3)),
            ("陈某", "野三关镇民族中学", _("gone to work"), "red", _("Rung 3"), _("Police look for the family"), "周敏", ago(1)),
            ("谭某", "白杨坪镇中心学校", _("disability"), "amber", _("Rung 2"), _("Placement finding"), "刘芳", now),
            ("张某某", "百福司镇民族初级中学", _("weary of school"), "grey", _("Rung 1"), _("Village check"), "彭丽", now + timedelta(days=4)),
        ],
        "entries": [
            {"text": _("Three days overdue: raised to rung 3"), "at": ago(0), "actor": _("the system"), "tone": "red", "icon": "alert-circle"},
            {"text": _("Reminded once, no answer"), "at": ago(2), "actor": "张伟", "icon": "bell"},
            {
                "text": _("First visit: at home, weary of school, willing to talk again"),
                "at": ago(10),
                "actor": "吴艳",
                "tone": "blue",
                "icon": "home-heart",
                "detail": _("Two photos"),
                "url": "#",
            },
            {"text": _("Suspicion reported"), "at": ago(13), "actor": "吴艳", "tone": "green", "icon": "flag"},
        ],
        "government": [
            {"title": _("Village check"), "who": "彭丽", "state": "done", "note": "11-11"},
            {"title": _("Township persuasion"), "who": "谭军", "state": "late", "due_at": ago(2), "url": "#"},
            {"title": _("Help by civil affairs"), "who": "朱强", "state": "ahead"},
        ],
        "education": [
            {"title": _("First visit"), "who": "吴艳", "state": "done", "note": "11-13"},
            {"title": _("School persuasion"), "who": "吴艳", "state": "current", "due_at": now + timedelta(days=2), "url": "#"},
        ],
        "facts": [
            (_("Student"), "李某某"),
            (_("School"), "长岭镇初级中学"),
            (_("Grade"), "8"),
            (_("Guardian"), _("grandmother")),
            (_("Telephone"), "139****2718"),
            (_("Plan"), ""),
        ],
        "facts_above": [(_("Days absent"), "31"), (_("Case opened"), "11-10"), (_("On the ledger since"), ""), (_("Reason"), _("weary of school"))],
    }
