"""A person's phones on pages of rooms below the phone's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import template

from cases.mobile.losing import may_report, phones_of
from cases.mobile.shell import version

if TYPE_CHECKING:
    from cases.directory.models import User

register = template.Library()


@register.inclusion_tag("cases/mobile/office/phones.html", takes_context=True)
def phones(context: template.Context, person: User) -> dict[str, Any]:
    """The phones of this person, and whether the reader may say that one is lost."""
    reader = context["request"].user
    own = reader.pk == person.pk
    return {"phones": phones_of(person), "person": person, "own": own, "may": may_report(reader, person), "newest": version()}
