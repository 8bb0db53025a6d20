"""How forms look: their templates come from project/templates/forms, so no form needs to know about it."""

from pathlib import Path
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates
from django.template.backends.django import DjangoTemplates as Backend
from django.utils.functional import cached_property
from django.utils.translation import gettext_noop

REQUIRED = gettext_noop("This field is required.")  # Django's own words; our catalogue says them as officials do


class KcFormRenderer(DjangoTemplates):
    """FORM_RENDERER: our templates first, Django's for the rest; radio buttons and checkboxes become tiles."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    @cached_property
    def engine(self) -> Any:
        ours = Path(__file__).parent / "templates"
        django = Path(forms.__file__).parent / "templates"
        return Backend({"APP_DIRS": True, "DIRS": [ours, django], "NAME": "kc-forms", "OPTIONS": {}})
