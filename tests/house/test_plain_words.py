"""No identity number in free text: every form of the product refuses one in each of its fields for words."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from django import forms
from django.forms.models import BaseModelForm
from django.forms.utils import ErrorDict

import cases
import notifications
import project
import workflows
from cases.journal.plainwords import stands_in

PACKAGES = {package.__name__: package for package in (cases, workflows, notifications, project)}
NUMBER = "11010519491231002X"  # the example of GB 11643
WORDS = f"家长身份证{NUMBER}，已核实"

# Fields in which a number belongs, or whose words nobody reads; each with its reason.
FOR_NUMBERS = {
    "StudentForm.identity_number": "encrypted, masked, its showing journalled",
    "StudentForm.roll_number": "the school-roll number contains the identity number; what it keeps is masked",
    "RegisterForm.identity_number": "as in StudentForm",
    "RegisterForm.roll_number": "as in StudentForm",
    "FindByNumberForm.identity_number": "compared by its hash, never kept",
    "LogInForm.username": "compared, never kept; the form that makes accounts refuses",
}
# Forms of whole rooms that hold no words about people.
NOT_ABOUT_PEOPLE = {
    "notifications.gatewayforms": "addresses and keys of a message gateway, entered by the system administrator",
    "notifications.forms": "hours, choices and the filter of one's own deliveries",
    "project.styleguide": "examples that are never sent",
}


def modules() -> Iterator[str]:
    for package in PACKAGES.values():
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" not in found.name and ".management" not in found.name:
                yield found.name


def subclasses(of: type) -> Iterator[type[Any]]:
    found: type[Any]
    for found in of.__subclasses__():
        yield found
        yield from subclasses(found)


def all_forms() -> list[type[forms.BaseForm]]:
    for name in modules():
        importlib.import_module(name)
    ours = [form for form in subclasses(forms.BaseForm) if form.__module__.split(".")[0] in PACKAGES]
    return sorted(dict.fromkeys(ours), key=lambda form: (form.__module__, form.__name__))


def takes_words(field: forms.Field) -> bool:
    """Whether somebody types into it what is kept as it is: no choice, day, number, password or file."""
    return isinstance(field, forms.CharField) and not isinstance(field.widget, forms.PasswordInput | forms.Select)


def refuses(form: type[forms.BaseForm], name: str, field: forms.Field) -> bool:
    """What the form itself says, without the arguments that its pages give it."""
    bare: Any = form.__new__(form)
    if isinstance(bare, BaseModelForm):
        BaseModelForm.__init__(bare, data={})
    else:
        forms.BaseForm.__init__(bare, data={})
    bare.fields, bare._errors, bare.cleaned_data = {name: field}, ErrorDict(), {name: WORDS}
    bare.case = bare.user = bare.subject = None
    bare._post_clean()
    return name in bare._errors


def test_every_form_refuses_an_identity_number_in_its_words() -> None:
    open_doors, seen = [], 0
    for form in all_forms():
        if form.__module__ in NOT_ABOUT_PEOPLE:
            continue
        for name, field in getattr(form, "base_fields", {}).items():
            if takes_words(field) and f"{form.__name__}.{name}" not in FOR_NUMBERS:
                seen += 1
                if not refuses(form, name, field):
                    open_doors.append(f"{form.__module__}.{form.__name__}.{name}")
    assert not open_doors
    assert seen > 60, "the walk goes past the forms"


def test_the_walk_finds_a_form_that_does_not_refuse() -> None:
    class Careless(forms.Form):
        note = forms.CharField()

    assert not refuses(Careless, "note", Careless.base_fields["note"])


def test_the_exceptions_are_still_there() -> None:
    names = {f"{form.__name__}.{name}" for form in all_forms() for name in getattr(form, "base_fields", {})}
    assert names >= set(FOR_NUMBERS)
    assert {form.__module__ for form in all_forms()} >= set(NOT_ABOUT_PEOPLE)


WRITTEN = [NUMBER, NUMBER.lower(), "110105 19491231 002X", "110105-1949-1231-002X", "１１０１０５１９４９１２３１００２Ｘ", WORDS]
WRITTEN += ["110105\n19491231\r\n002X", "110105.1949.1231.002X", "110105–19491231—002X", "110105\u200b19491231\u200b002X", "110105  19491231 / 002X"]
OTHERS = ["11010519491231002", "110105194912310021", "110105194913310029", "快递单号 778899001122334455", "〔2026〕第12号 13800001234"]
OTHERS += ["2026-11-12, 2026-11-13, 2026-11-14", "13800001234、13800005678", "110105099912310028"]


@pytest.mark.parametrize("words", WRITTEN)
def test_a_number_is_known_however_it_is_written(words: str) -> None:
    assert stands_in(words)


@pytest.mark.parametrize("words", OTHERS)
def test_a_number_of_something_else_is_none(words: str) -> None:
    assert not stands_in(words)
