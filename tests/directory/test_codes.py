"""The code lists and rules that the product brings, and changing them."""

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from cases.codes import services as codes
from cases.codes.lists import LISTS, PRIORITY_HOUSEHOLD
from cases.codes.models import CodeItem, CodeList, Setting
from cases.codes.seed import plant
from cases.directory.models import Area, User
from cases.journal.models import Entry
from cases.journal.verbs import Verb

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


def change(client: Client, by: User, item: CodeItem, **said: str) -> int:
    """Sends the administration's form of a code; the status that it answers with."""
    client.force_login(by)
    form = {"zh": item.zh, "en": item.en, "position": str(item.position), "active": "on", "evidence": "[]"} | said
    return client.post(f"/admin/cases/codeitem/{item.pk}/change/", {name: value for name, value in form.items() if value}).status_code


def test_bringing_the_lists_again_leaves_what_an_administrator_worded(client: Client, admin: User) -> None:
    assert change(client, admin, CodeItem.objects.get(list=CodeList.REASON, code="work"), zh="务工") == 302
    before = CodeItem.objects.count(), Setting.objects.count()
    plant(CodeItem, Setting)
    assert (CodeItem.objects.count(), Setting.objects.count()) == before
    with override("zh-hans"):
        assert codes.label(CodeList.REASON, "work") == "务工"


def test_a_retired_code_is_no_longer_offered_and_still_worded(client: Client, admin: User) -> None:
    assert change(client, admin, CodeItem.objects.get(list=CodeList.REASON, code="disaster"), active="") == 302
    assert "disaster" not in dict(codes.choices(CodeList.REASON))
    assert codes.label(CodeList.REASON, "disaster") != "disaster"


def test_a_code_is_never_renamed_and_evidence_must_exist(client: Client, admin: User) -> None:
    died = CodeItem.objects.get(list=CodeList.GROUND, code="died")
    assert change(client, admin, died, evidence='[["a_letter"]]') == 200
    assert change(client, admin, died, evidence='[["death_certificate"]]', code="dead") == 302
    died.refresh_from_db()
    assert (died.code, died.evidence) == ("died", [["death_certificate"]])
    with pytest.raises(codes.BadRule):
        codes.check_item(CodeItem(pk=died.pk, list=died.list, code="dead", evidence=died.evidence))


def test_a_rule_keeps_its_kind() -> None:
    with pytest.raises(codes.BadRule):
        codes.check_setting(Setting(code="persuasion_rounds", value=True))
    with pytest.raises(codes.BadRule):
        codes.check_setting(Setting(code="penalty_enabled", value=1))
    codes.check_setting(Setting(code="persuasion_rounds", value=4))


def test_the_administration_refuses_a_penalty_without_a_basis_and_takes_one_with_it(client: Client, admin: User) -> None:
    client.force_login(admin)
    rule = Setting.objects.get(code="penalty_enabled")
    assert codes.setting("penalty_enabled") is False
    page = f"/admin/cases/setting/{rule.pk}/change/"
    said = {"code": "penalty_enabled", "county": "", "value": "true", "basis": ""}
    assert client.post(page, said).status_code == 200
    assert client.post(page, said | {"basis": "某省义务教育条例第四十条"}).status_code == 302
    assert codes.setting("penalty_enabled") is True
    assert Entry.objects.filter(verb=Verb.SETTING_CHANGED, actor=admin, data__model="cases.setting").count() == 1


def test_the_administration_is_closed_to_everybody_else(client: Client, county: User) -> None:
    client.force_login(county)
    assert client.get("/admin/cases/codeitem/").status_code in {302, 403}
    work = CodeItem.objects.get(list=CodeList.REASON, code="work")
    assert change(client, county, work, zh="务工") in {302, 403}
    rule = Setting.objects.get(code="persuasion_rounds")
    client.post(f"/admin/cases/setting/{rule.pk}/change/", {"code": rule.code, "county": "", "value": "9", "basis": ""})
    was = work.zh, rule.value
    work.refresh_from_db()
    rule.refresh_from_db()
    assert (work.zh, rule.value) == was != ("务工", 9)
