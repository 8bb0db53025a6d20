"""A class teacher with a telephone in the hand, at a child's door."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

if TYPE_CHECKING:
    from cases.register.models import Case

pytestmark = pytest.mark.django_db(transaction=True)

TAPS = 9  # from the inbox to the saved record: the task, six answers, the photo, the end


class Thumb:
    """Taps, and counts them."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.taps = visitor, 0

    def tap(self, what: str) -> None:
        self.taps += 1
        self.visitor.page.tap(what)

    def choose(self, name: str, value: str) -> None:
        self.tap(f".kc-tile:has([name={name}][value={value}])")

    def write(self, name: str, text: str) -> None:
        self.tap(f"[name={name}]")
        self.visitor.page.keyboard.insert_text(text)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """As large as a telephone makes them, with the place in it where it was taken."""
    place = tmp_path / "IMG_0001.jpg"
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (31.0, 20.0, 30.0)}
    Image.effect_noise((2400, 1800), 40).convert("RGB").save(place, "JPEG", quality=80, exif=exif)
    return place


def test_a_home_visit_is_on_record_in_nine_taps(visit: Visit, case: Case, picture: Path) -> None:
    teacher = visit("teacher", width=390, has_touch=True, is_mobile=True)
    thumb, page = Thumb(teacher), teacher.page
    assert teacher.path == "/tasks/"

    thumb.tap(".kc-table__link, .kc-urgent__card")
    assert page.is_checked("[name=mode][value=home]")  # what one does mostly is there already
    thumb.choose("met", "child")
    thumb.choose("met", "grandparent")
    thumb.choose("whereabouts", "at_home")
    thumb.choose("reason", "tired_of_school")
    thumb.choose("outcome", "hesitant")
    thumb.write("account", "孩子在家，奶奶希望他读书，愿意再谈。")
    with page.expect_file_chooser() as chooser:
        thumb.tap(".kc-drop:has([name=photos])")
    chooser.value.set_files(picture)
    thumb.tap("form:has([name=visit_id]) .kc-btn--primary")
    page.wait_for_selector(".kc-messages .kc-note--green")

    record = case.visits.get()
    assert (record.mode, record.met, record.photos.count()) == ("home", ["child", "grandparent"], 1)
    assert thumb.taps <= TAPS, f"{thumb.taps} taps"
    assert teacher.faults() == []

    stored = record.photos.get()
    answer = teacher.context.request.get(f"{teacher.server}/files/{stored.pk}/")
    assert answer.ok
    assert b"GPS" not in answer.body()[:2000]
    assert len(answer.body()) < picture.stat().st_size * 2


def test_what_is_missing_is_said_on_top_and_leads_to_the_field(visit: Visit, case: Case) -> None:
    teacher = visit("teacher", width=390, has_touch=True, is_mobile=True)
    page = teacher.page
    page.tap(".kc-table__link, .kc-urgent__card")
    page.fill("[name=account]", "说了很多")
    page.tap("form:has([name=visit_id]) .kc-btn--primary")
    page.wait_for_selector(".kc-errors")
    assert page.evaluate("document.activeElement.matches('.kc-errors')")
    assert page.input_value("[name=account]") == "说了很多"
    page.tap(".kc-errors a >> nth=0")
    assert page.evaluate("document.activeElement.name") in {"mode", "met"}
    assert case.visits.count() == 0
