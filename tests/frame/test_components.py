"""Components: what they promise to people who read, who listen and who have no scripts."""

import re
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.template import Context, Template
from django.template.utils import get_app_template_dirs
from django.test import RequestFactory, override_settings
from django.utils import translation

from project.styleguide import styleguide


class Visit(forms.Form):
    reason = forms.CharField(label="Reason", help_text="Facts only", max_length=20, widget=forms.Textarea)
    way = forms.ChoiceField(label="Way", choices=[("home", "At home"), ("phone", "By telephone")], widget=forms.RadioSelect)
    danger = forms.BooleanField(label="Danger", required=False)


def render(text: Any, **context: Any) -> Any:
    with translation.override("en"):
        return Template("{% load kc %}" + text).render(Context(context))


@pytest.fixture
def visit_page() -> Any:
    request = RequestFactory().get("/styleguide/", {"state": "late", "q": "<script>"})
    request.user = AnonymousUser()
    return request


def test_the_summary_of_errors_leads_to_the_first_control_of_each_field() -> None:
    page = render("{% error_summary form %}{{ form.reason.as_field_group }}{{ form.way.as_field_group }}", form=Visit({}))
    targets = re.findall(r'href="#([^"]+)"', page.split("</ul>")[0])
    assert targets == ["id_reason", "id_way_0"]
    assert all(f'id="{target}"' in page for target in targets)
    assert "Reason: This field is required." in page


def test_the_summary_puts_no_colon_behind_a_question() -> None:
    class Asked(forms.Form):
        checked = forms.CharField(label="是否逐班核对？")

    assert "是否逐班核对: " in render("{% error_summary form %}", form=Asked({}))


def test_a_form_that_sums_up_its_errors_is_not_summed_up_twice() -> None:
    folders = [Path(engine) for engine in get_app_template_dirs("templates")] + [Path(settings.BASE_DIR) / "project/templates"]
    pages = {page for folder in folders if Path(settings.BASE_DIR) in folder.parents for page in folder.rglob("*.html")}
    twice = [page.name for page in pages if re.search(r"error_summary form %}(?:{% endif %})?\s*{{ form }}", page.read_text())]
    assert len(pages) > 100
    assert not twice, "{{ form }} begins with its summary"


def test_nothing_overdue_is_no_alarm() -> None:
    assert "kc-kpi--red" in render('{% kpi "Late" 2 tone="red" %}')
    assert "kc-kpi--red" not in render('{% kpi "Late" 0 tone="red" %}')
    assert "kc-kpi--green" in render('{% kpi "missing" 0 tone="green" %}')


def test_a_field_names_its_hint_and_its_error_to_a_screen_reader() -> None:
    page = render("{{ form.reason.as_field_group }}", form=Visit({}))
    described = re.search(r'aria-describedby="([^"]+)"', page)
    assert described
    assert all(f'id="{name}"' in page for name in described[1].split())
    assert 'aria-invalid="true"' in page


def test_radio_buttons_are_tiles_in_a_named_group() -> None:
    page = render("{{ form.way.as_field_group }}", form=Visit())
    assert "<fieldset" in page
    assert "<legend" in page
    assert page.count("kc-tile__face") == 2


def test_text_from_outside_is_escaped_everywhere() -> None:
    evil = "<script>alert(1)</script>"
    page = render(
        '{% tag "red" evil %}{% avatar evil %}{% copy evil %}{% icon "clock" evil %}{% facts rows %}{% timeline entries %}{% kpi evil evil evil %}',
        evil=evil,
        rows=[(evil, evil)],
        entries=[{"text": evil, "actor": evil, "detail": evil}],
    )
    assert "<script>" not in page


def test_a_filter_keeps_the_other_words_of_the_address(visit_page: Any) -> None:
    class Filter(forms.Form):
        state = forms.CharField(required=False)

    page = render("{% filters form %}", form=Filter(visit_page.GET), request=visit_page)
    assert 'name="q" value="&lt;script&gt;"' in page
    assert "Clear filters" in page
    assert 'data-set="true"' in page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_style_guide_shows_every_component(visit_page: Any, language: Any) -> None:
    with override_settings(DEMO=True), translation.override(language):
        page = styleguide(visit_page).content.decode()
    assert page.count("kc-kpi__value") == 4
    assert "style=" not in page
    assert "<script>" not in page


def test_the_style_guide_is_not_there_for_real_offices(visit_page: Any) -> None:
    with override_settings(DEMO=False, DEBUG=False), pytest.raises(Http404):
        styleguide(visit_page)
