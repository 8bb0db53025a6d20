"""Small pictures of photos, for pages that show many: drawn once, beside the photo's own bytes, and drawn again should one be missing."""

from __future__ import annotations

import io
import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from PIL import Image

from cases.files import shelf
from cases.files.content import BROKEN
from cases.files.models import StoredFile

EDGE: Final = 320  # pixels: sharp on a phone in a grid of three
QUALITY: Final = 70
RECENT: Final = timedelta(days=1)  # how far back the job looks; an older one is drawn when somebody asks for it

log = logging.getLogger(__name__)


def place(stored: StoredFile) -> Path:
    """Where the small picture of a file lies: beside the file."""
    return shelf.place(stored.pk).with_name(f"{stored.pk.hex}{shelf.SMALL}")


def small(stored: StoredFile) -> Path | None:
    """Where the small picture lies, drawn now if it is not there; None for what is no photo or cannot be read."""
    path = place(stored)
    if path.exists():
        return path
    if not stored.is_photo:
        return None
    try:
        with Image.open(shelf.place(stored.pk), formats=("JPEG",)) as image:
            image.draft("RGB", (EDGE, EDGE))
            image.thumbnail((EDGE, EDGE), Image.Resampling.LANCZOS)
            out = io.BytesIO()
            image.convert("RGB").save(out, "JPEG", quality=QUALITY, optimize=True)
    except BROKEN:
        log.exception("No small picture of file %s can be drawn.", stored.pk)
        return None
    shelf.put_as(path, out.getvalue())
    return path


def draw_missing(now: datetime, *, at_most: int = 200) -> int:
    """Draw those of the photos that came lately. Twice is harmless. How many were drawn."""
    count = 0
    for stored in StoredFile.objects.filter(content_type="image/jpeg", uploaded_at__gt=now - RECENT).order_by("-uploaded_at").iterator():
        if count >= at_most:
            break
        if not place(stored).exists() and small(stored):
            count += 1
    return count
