"""Uploads as phones and scanners make them, drawn on the spot."""

from __future__ import annotations

import io
import zlib
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
GPS, LATITUDE, ORIENTATION, DEVICE = 0x8825, 2, 0x0112, 0x0110


def photo(name: str = "visit.jpg", *, size: tuple[int, int] = (800, 600), format: str = "JPEG", **how: Any) -> SimpleUploadedFile:
    data = io.BytesIO()
    Image.effect_noise(size, 40).convert("RGB").save(data, format, **how)
    return SimpleUploadedFile(name, data.getvalue(), f"image/{format.lower()}")


def photo_with_place(*, size: tuple[int, int] = (800, 600)) -> SimpleUploadedFile:
    """As a phone takes it lying on its side, with the coordinates of the family's home."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif[DEVICE] = "a teacher's telephone"
    exif.get_ifd(GPS)[LATITUDE] = (31.0, 13.0, 42.0)
    return photo(size=size, exif=exif.tobytes())


def pdf(name: str = "paper.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def bomb() -> SimpleUploadedFile:
    """A few kilobytes that say they are 40 000 by 40 000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")

    header = (40_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return SimpleUploadedFile("bomb.png", data, "image/png")
