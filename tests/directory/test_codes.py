"""The code lists and rules that the product brings, and changing them."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from cases.codes import services as codes
from cases.codes.lists import LISTS, PRIORITY_HOUSEHOLD
from cases.codes.models import CodeItem, CodeList, Setting
from cases.codes.seed import plant
from cases.directory.capabilities import NotAllowed
from cases.directory.models import Area, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_memory() -> Any:
    codes.invalidate()
    yield
    codes.invalidate()


def demands(ground: str) -> list[list[str]]:
    item = codes.item(CodeList.GROUND, ground)
    assert item is not None
    evidence: list[list[str]] = item.evidence
    return evidence


def test_every_list_is_there_in_chinese_and_english() -> None:
    assert set(LISTS) == set(CodeList)
    for code_list in CodeList:
        with override("zh-hans"):
            chinese = codes.choices(code_list)
        with override("en"):
            english = codes.choices(code_list)
        assert [code for code, _label in chinese] == [code for code, _label in english] != []
        assert all(label for _code, label in chinese + english)


def test_the_four_causes_of_the_ministry_come_first() -> None:
    with override("zh-hans"):
        assert [label for _code, label in codes.choices(CodeList.REASON)[:4]] == ["学习困难", "外出务工", "早婚早育", "信教"]


def test_every_ground_of_deduction_demands_evidence_that_can_be_chosen() -> None:
    kinds = {code for code, _label in codes.choices(CodeList.EVIDENCE)}
    for code, _label in codes.choices(CodeList.GROUND):
        demanded = demands(code)
        assert demanded, code
        assert {kind for alternatives in demanded for kind in alternatives} <= kinds


def test_one_of_each_alternatives_is_enough_and_what_is_missing_is_named() -> None:
    demanded = demands("cannot_attend")
    assert codes.missing_evidence(demanded, ["diagnosis", "expert_opinion"]) == []
    missing = codes.missing_evidence(demanded, ["diagnosis"])
    with override("zh-hans"):
        assert codes.name_evidence(missing) == "残疾人教育专家委员会评估意见"


def test_four_groups_make_a_priority_household() -> None:
    assert len(PRIORITY_HOUSEHOLD) == 4
    assert codes.is_priority_household(["orphan", "monitored_sudden"])
    assert not codes.is_priority_household(["orphan", "minimum_living"])


def test_a_rule_of_the_county_goes_before_that_of_the_province() -> None:
    Setting.objects.create(code="suspected_after_days", county=Area.objects.get(pk="420526"), value=5)
    assert codes.setting("suspected_after_days", "420526") == 5
    assert codes.setting("suspected_after_days", county_id="420527") == 7
    assert codes.setting("suspected_after_days") == 7
    assert codes.setting("unheard_of", None, 3) == 3


def test_forms_ask_the_database_once(django_assert_num_queries: Any) -> None:
    codes.choices(CodeList.REASON)
    with django_assert_num_queries(0):
        codes.choices(CodeList.PLACEMENT)
        codes.label(CodeList.REASON, "work")
        codes.setting("persuasion_rounds")


def test_bringing_the_lists_again_leaves_what_an_administrator_worded(admin: User, noon: datetime) -> None:
    item = CodeItem.objects.get(list=CodeList.REASON, code="work")
    item.zh = "务工"
    codes.edit_item(item, by=admin, now=noon)
    before = CodeItem.objects.count(), Setting.objects.count()
    plant(CodeItem, Setting)
    assert (CodeItem.objects.count(), Setting.objects.count()) == before
    with override("zh-hans"):
        assert codes.label(CodeList.REASON, "work") == "务工"


def test_a_retired_code_is_no_longer_offered_and_still_worded(admin: User, noon: datetime) -> None:
    item = CodeItem.objects.get(list=CodeList.REASON, code="disaster")
    item.active = False
    codes.edit_item(item, by=admin, now=noon)
    assert "disaster" not in dict(codes.choices(CodeList.REASON))
    assert codes.label(CodeList.REASON, "disaster") != "disaster"


def test_a_code_is_never_renamed_and_evidence_must_exist(admin: User, noon: datetime) -> None:
    item = CodeItem.objects.get(list=CodeList.GROUND, code="died")
    item.evidence = [["a_letter"]]
    with pytest.raises(codes.BadRule):
        codes.edit_item(item, by=admin, now=noon)
    item.refresh_from_db()
    item.code = "dead"
    with pytest.raises(codes.BadRule):
        codes.edit_item(item, by=admin, now=noon)


def test_the_penalty_is_off_and_goes_on_only_with_a_legal_basis(admin: User, noon: datetime) -> None:
    assert codes.setting("penalty_enabled") is False
    rule = Setting.objects.get(code="penalty_enabled")
    rule.value = True
    with pytest.raises(codes.BadRule):
        codes.edit_setting(rule, by=admin, now=noon)
    rule.basis = "某省义务教育条例第四十条"
    codes.edit_setting(rule, by=admin, now=noon)
    assert codes.setting("penalty_enabled") is True


def test_only_who_configures_changes_a_rule(county: User, noon: datetime) -> None:
    with pytest.raises(NotAllowed):
        codes.edit_setting(Setting.objects.get(code="persuasion_rounds"), by=county, now=noon)


def test_the_administration_refuses_a_penalty_without_a_basis_and_takes_one_with_it(client: Client, admin: User) -> None:
    client.force_login(admin)
    rule = Setting.objects.get(code="penalty_enabled")
    page = f"/admin/cases/setting/{rule.pk}/change/"
    said = {"code": "penalty_enabled", "county": "", "value": "true", "basis": ""}
    assert client.post(page, said).status_code == 200
    assert client.post(page, said | {"basis": "某省义务教育条例第四十条"}).status_code == 302
    assert codes.setting("penalty_enabled") is True


def test_the_administration_takes_a_new_wording(client: Client, admin: User) -> None:
    client.force_login(admin)
    item = CodeItem.objects.get(list=CodeList.REASON, code="work")
    said = {"zh": "务工", "en": "work", "position": "5", "active": "on", "evidence": "[]"}
    assert client.post(f"/admin/cases/codeitem/{item.pk}/change/", said).status_code == 302
    item.refresh_from_db()
    assert (item.zh, item.code) == ("务工", "work")


def test_the_administration_is_closed_to_everybody_else(client: Client, county: User) -> None:
    client.force_login(county)
    assert client.get("/admin/cases/codeitem/").status_code in {302, 403}
