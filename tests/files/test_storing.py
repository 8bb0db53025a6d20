"""What comes in is told by its bytes, photos lose everything but their pixels, and bytes are there whole or not at all."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from PIL import Image
from pytest_django import Settings

from cases.directory.models import User
from cases.files import shelf
from cases.files.models import StoredFile
from cases.files.services import BadFile, remove_orphans, store
from cases.register.models import Case
from tests.files.paper import GPS, PDF, bomb, pdf, photo, photo_with_place


@pytest.fixture(autouse=True)
def own_shelf(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_a_photo_is_kept_without_place_and_device_and_stands_upright(case: Case, teacher: User) -> None:
    upload = photo_with_place(size=(2400, 1200))
    with Image.open(upload) as sent:
        assert sent.getexif().get_ifd(GPS)
    upload.seek(0)

    stored = store(case, upload, kind="visit_photo", by=teacher)

    with Image.open(shelf.place(stored.pk)) as kept:
        assert (kept.format, kept.size) == ("JPEG", (800, 1600))
        assert not kept.getexif()
    assert b"telephone" not in shelf.place(stored.pk).read_bytes()


def test_the_row_tells_size_and_digest_of_what_is_kept(case: Case, teacher: User) -> None:
    stored = store(case, photo(format="PNG", name="..\\..\\家访 照片.png"), kind="visit_photo", by=teacher)

    kept = shelf.place(stored.pk).read_bytes()
    assert (stored.size, stored.sha256) == (len(kept), hashlib.sha256(kept).hexdigest())
    assert (stored.name, stored.content_type, stored.uploaded_by, stored.case) == ("家访 照片.jpg", "image/jpeg", teacher, case)
    assert shelf.place(stored.pk).stat().st_mode & 0o777 == 0o600


def test_a_transparent_picture_lies_on_white(case: Case, teacher: User) -> None:
    import io

    data = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(data, "PNG")
    stored = store(case, SimpleUploadedFile("signature.png", data.getvalue()), kind="signature", by=teacher)

    with Image.open(shelf.place(stored.pk)) as kept:
        assert kept.getpixel((10, 10)) == (255, 255, 255)


def test_a_pdf_is_kept_byte_for_byte(case: Case, teacher: User) -> None:
    stored = store(case, pdf(), kind="official_document", by=teacher)
    assert (shelf.place(stored.pk).read_bytes(), stored.content_type) == (PDF, "application/pdf")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.jpg", b"<html><script>alert(1)</script>"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("program.pdf", b"MZ\x90\x00 not a paper"),
        ("photo.heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00"),
        ("animation.gif", b"GIF89a\x01\x00\x01\x00"),
        ("empty.jpg", b""),
        ("large.pdf", PDF + bytes(10 * 1024 * 1024)),
        ("damaged.jpg", b"\xff\xd8\xff\xe0" + bytes(200)),
    ],
)
def test_what_is_neither_photo_nor_paper_is_refused_with_its_name(case: Case, teacher: User, name: str, content: bytes) -> None:
    with pytest.raises(BadFile, match=name):
        store(case, SimpleUploadedFile(name, content), kind="other_proof", by=teacher)
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize("number", ["11010519491231002X", "110105-1949-1231-002x", "１１０１０５１９４９１２３１００２Ｘ"])
def test_the_name_of_a_file_keeps_no_identity_number(case: Case, teacher: User, number: str) -> None:
    upload = photo().read()
    stored = store(case, SimpleUploadedFile(f"身份证{number}正面.jpg", upload), kind="other_proof", by=teacher)
    assert stored.name == "身份证***正面.jpg"
    assert store(case, SimpleUploadedFile("IMG_20261112_103045.jpg", upload), kind="other_proof", by=teacher).name == "IMG_20261112_103045.jpg"


def test_half_a_photo_is_refused(case: Case, teacher: User) -> None:
    whole = photo().read()
    with pytest.raises(BadFile):
        store(case, SimpleUploadedFile("half.jpg", whole[: len(whole) // 2]), kind="visit_photo", by=teacher)


def test_a_bomb_is_refused_before_a_pixel_is_decoded(case: Case, teacher: User) -> None:
    with pytest.raises(BadFile):
        store(case, bomb(), kind="visit_photo", by=teacher)


def test_a_photo_may_be_demanded(case: Case, teacher: User) -> None:
    with pytest.raises(BadFile):
        store(case, pdf(), kind="visit_photo", by=teacher, photo_only=True)


def test_bytes_whose_transaction_was_rolled_back_are_taken_away_after_a_day(case: Case, teacher: User) -> None:
    kept = store(case, photo(), kind="visit_photo", by=teacher)
    with transaction.atomic():
        lost = store(case, photo(), kind="visit_photo", by=teacher)
        transaction.set_rollback(True)
    half = shelf.place(uuid4()).with_suffix("")
    half = half.with_name(f".{half.name}.part")
    half.parent.mkdir(parents=True, exist_ok=True)
    half.write_bytes(b"a crash came in between")
    foreign = half.with_name("somebody-elses.txt")
    foreign.write_bytes(b"not ours to delete")

    call_command("remove_orphan_files")
    assert shelf.place(lost.pk).exists()

    old = (datetime.now(UTC) - timedelta(days=2)).timestamp()
    for path in (shelf.place(lost.pk), shelf.place(kept.pk), half, foreign):
        os.utime(path, (old, old))
    assert remove_orphans(before=datetime.now(UTC) - timedelta(days=1)) == 2
    assert [path.exists() for path in (shelf.place(kept.pk), foreign, shelf.place(lost.pk), half)] == [True, True, False, False]


def test_a_full_disk_leaves_nothing_half_written(case: Case, teacher: User, monkeypatch: pytest.MonkeyPatch, own_shelf: Path) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        store(case, photo(), kind="visit_photo", by=teacher)
    assert not [path for path in own_shelf.rglob("*") if path.is_file()]
    assert not StoredFile.objects.exists()
