"""Identity numbers: checked kindly, encrypted, found by a keyed hash."""

from datetime import date

import pytest
from django.test import override_settings

from cases.register import identity
from cases.register.models import Sex, Student
from tests.factories import identity_number, make_student

GOOD = "11010519491231002X"  # the example of GB 11643-1999: a woman born on 31 December 1949


def test_the_example_of_the_standard_passes_in_every_way_of_writing() -> None:
    assert identity.check(" 110105 19491231 002x ", born_on=date(1949, 12, 31), sex=Sex.FEMALE) == GOOD
    assert identity.check("１１０１０５１９４９１２３１００２Ｘ") == GOOD


@pytest.mark.parametrize(
    ("number", "word"),
    [
        ("1101051949123100", "18"),
        ("11010519491231002A", "17"),
        ("110105194912310021", "check digit"),
        ("11010519491331002" + identity.check_digit("11010519491331002"), "date of birth"),
    ],
)
def test_a_wrong_number_is_refused_with_what_is_wrong_and_without_the_number(number: str, word: str, settings: object) -> None:
    from django.utils.translation import override

    with override("en"), pytest.raises(identity.BadIdentity, match=word) as refusal:
        identity.check(number)
    assert number not in str(refusal.value)


def test_the_number_agrees_with_date_of_birth_and_sex() -> None:
    with pytest.raises(identity.BadIdentity):
        identity.check(GOOD, born_on=date(1949, 12, 30))
    with pytest.raises(identity.BadIdentity):
        identity.check(GOOD, sex=Sex.MALE)


def test_a_number_is_sealed_under_the_newest_key_and_opened_by_an_older_one() -> None:
    old, new = b"o" * 32, b"n" * 32
    with override_settings(KC_FIELD_KEYS={"1": old}):
        sealed = identity.encrypt(GOOD)
    assert GOOD.encode() not in sealed
    with override_settings(KC_FIELD_KEYS={"2": new, "1": old}):
        assert identity.decrypt(sealed, identity.hashed(GOOD)) == GOOD
        assert identity.key_of(identity.encrypt(GOOD)) == "2"
    with override_settings(KC_FIELD_KEYS={"2": new}), pytest.raises(identity.UnknownKey):
        identity.decrypt(sealed, identity.hashed(GOOD))


def test_two_children_cannot_swap_their_numbers() -> None:
    sealed = identity.encrypt(GOOD)
    with pytest.raises(identity.UnknownKey):
        identity.decrypt(sealed, identity.hashed(identity_number()))


def test_a_row_holds_no_number_in_clear(place: object) -> None:
    number = identity_number()
    make_student(place, number=number)  # type: ignore[arg-type]  # on purpose wrong
    row = Student.objects.values().get()
    assert number not in str(row)
    assert number.encode() not in bytes(row["id_cipher"] or b"")
    assert Student.objects.get().masked_identity == f"{number[:3]}***********{number[-4:]}"
