"""The first question of an offer and of a request for help: which county."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

if TYPE_CHECKING:
    from django.test import Client

    from cases.directory.models import User
    from cases.register.models import Case

pytestmark = pytest.mark.usefixtures("everybody")


@pytest.mark.parametrize("name", ["transfer-new", "inquiry-new"])
def test_whoever_goes_on_without_a_county_is_told_so(client: Client, case: Case, county: User, name: str) -> None:
    client.force_login(county)
    address = reverse(name, args=[case.pk])
    assert not client.get(address).context["form"].errors
    assert client.get(address, {"county": ""}).context["form"].errors["county"]
    assert client.get(address, {"county": "nowhere"}).context["form"].errors["county"]
