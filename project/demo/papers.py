"""Evidence of the demo: a drawn sheet of paper, nothing of a real document."""

from __future__ import annotations

import io
from functools import cache

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw


def paper(title: str) -> SimpleUploadedFile:
    """A photographed sheet of paper: nothing of a real document."""
    return SimpleUploadedFile(f"{title}.jpg", _sheet(), "image/jpeg")


@cache
def _sheet() -> bytes:
    image = Image.new("RGB", (450, 600), "#f7f3e8")
    draw = ImageDraw.Draw(image)
    draw.rectangle((30, 30, 420, 570), outline="#b9ac8c", width=2)
    for line in range(18):
        draw.line((60, 110 + line * 22, 390 - (line * 19) % 80, 110 + line * 22), fill="#8a8575", width=2)
    draw.ellipse((300, 450, 390, 540), outline="#c4271f", width=4)
    data = io.BytesIO()
    image.save(data, "JPEG", quality=70)
    return data.getvalue()
