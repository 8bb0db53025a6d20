"""What people write is shown as they wrote it, and is never markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.test import Client

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

EVIL = "<img src=x onerror=alert(1)>"


class Hinted(forms.Form):
    answer = forms.CharField(label=EVIL, help_text=EVIL)
    password = forms.CharField(help_text=password_validators_help_text_html())


@pytest.mark.django_db
def test_a_hint_made_of_the_administrators_words_is_no_markup() -> None:
    assert "<img" not in str(Hinted({})["answer"].as_field_group())
    assert "<li>" in str(Hinted()["password"].as_field_group())  # Django's own hint is a list


def test_a_childs_name_and_a_search_are_no_markup(client: Client, case: Case, principal: User) -> None:
    case.student.name = EVIL[:40]
    case.student.save(update_fields=["name"])
    client.force_login(principal)
    student = f"/students/{case.student_id}/"
    pages = ["/tasks/", "/cases/", "/students/", "/report/", student, f"{student}edit/", f"/cases/{case.pk}/", f"/cases/{case.pk}/sheet/"]
    pages += [f"/cases/{case.pk}/?tab=visits", f"/report/{case.student_id}/"]
    for page in pages:
        answer = client.get(page, {"q": EVIL} if page in {"/students/", "/report/", "/cases/"} else {})
        assert answer.status_code == 200, page
        assert b"<img src=x" not in answer.content, page
