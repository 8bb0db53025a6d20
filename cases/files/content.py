"""What an upload really is: told by its bytes, never by its name or by what the browser says."""

from __future__ import annotations

import io
import struct
import zlib
from dataclasses import dataclass
from pathlib import PurePath
from typing import IO, Any

from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from cases.journal.plainwords import without_numbers
from cases.journal.refused import Refused

LARGEST = 10 * 1024 * 1024  # bytes, as it comes in
MOST_PIXELS = 50_000_000  # a phone's largest photo; more is a bomb or a poster
LONG_EDGE = 1600  # pixels, as it is kept: enough to read a page of A4
QUALITY = 80

JPEG, PDF = "image/jpeg", "application/pdf"
PHOTO_FORMATS = ("JPEG", "PNG", "WEBP")
# What a file input offers; the bytes decide all the same.
ACCEPT_PHOTOS = "image/jpeg,image/png,image/webp"
ACCEPT = f"{ACCEPT_PHOTOS},{PDF}"

# Everything that Pillow's decoders are known to raise over bytes that somebody else made.
BROKEN = (OSError, SyntaxError, ValueError, EOFError, OverflowError, struct.error, zlib.error, Image.DecompressionBombError)


class BadFile(Refused):
    """The file is of a kind that is not taken, too large, or broken."""


@dataclass(frozen=True)
class Content:
    """The bytes as they are kept."""

    name: str
    content_type: str
    data: bytes


def examine(upload: UploadedFile[Any], *, photo_only: bool = False) -> str:
    """The content type that the first bytes tell; cheap, for forms. Raises BadFile."""
    size = upload.size or 0
    if not size:
        raise BadFile(_("%(name)s is empty.") % {"name": shown_name(upload)})
    if size > LARGEST:
        raise BadFile(
            _("%(name)s is too large: %(size)s. At most %(limit)s are taken.")
            % {"name": shown_name(upload), "size": filesizeformat(size), "limit": filesizeformat(LARGEST)}
        )
    upload.seek(0)
    head = upload.read(16)
    upload.seek(0)
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return JPEG
    if head.startswith(b"%PDF-") and not photo_only:
        return PDF
    if head[4:12] in {b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc", b"ftypavif"}:
        hint = _("%(name)s is a HEIC photo, which few computers can open. Set the camera to “most compatible” or send a JPEG.")
        raise BadFile(hint % {"name": shown_name(upload)})
    if photo_only:
        raise BadFile(_("%(name)s is no photo: JPEG, PNG and WebP are taken.") % {"name": shown_name(upload)})
    raise BadFile(_("%(name)s is neither a photo (JPEG, PNG, WebP) nor a PDF.") % {"name": shown_name(upload)})


def prepare(upload: UploadedFile[Any], *, photo_only: bool = False) -> Content:
    """The bytes to keep. Photos are made again from their pixels, so that place, device and anything hidden stay behind. Raises BadFile."""
    name = shown_name(upload)
    if examine(upload, photo_only=photo_only) == PDF:
        return Content(name, PDF, upload.read())
    try:
        data = redraw(upload)
    except BROKEN as error:
        raise BadFile(_("%(name)s cannot be opened: the photo is damaged.") % {"name": name}) from error
    return Content(f"{PurePath(name).stem[:100]}.jpg", JPEG, data)


def redraw(source: IO[bytes]) -> bytes:
    """The photo as a new JPEG, upright, its long edge at most LONG_EDGE pixels, with nothing beside the pixels.

    The size is read from the header before a single pixel is decoded. Raises one of BROKEN, or BadFile for too many pixels.
    """
    with Image.open(source, formats=PHOTO_FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise BadFile(_("A photo has too many pixels: %(width)d × %(height)d.") % {"width": image.width, "height": image.height})
        image.draft("RGB", (LONG_EDGE, LONG_EDGE))  # a JPEG is decoded at a fraction of its size
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONG_EDGE, LONG_EDGE), Image.Resampling.LANCZOS)
        plain = Image.new("RGB", upright.size, "white")
        if "A" in upright.getbands() or "transparency" in upright.info:
            upright = upright.convert("RGBA")
            plain.paste(upright, mask=upright.getchannel("A"))
        else:
            plain.paste(upright.convert("RGB"))
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=QUALITY, optimize=True, progressive=True)
    return out.getvalue()


def shown_name(upload: UploadedFile[Any]) -> str:
    """The file's own name, without folders, control characters and identity numbers, at most 120 characters."""
    name = PurePath((upload.name or "").replace("\\", "/")).name
    printable = "".join(character for character in name if character.isprintable()).strip()
    return without_numbers(printable)[-120:] or _("unnamed file")
