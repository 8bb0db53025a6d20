"""Papers that somebody scanned: the smallest files that the store takes."""

from __future__ import annotations

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile


def pdf(name: str = "proof.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n", content_type="application/pdf")


def photo(name: str = "photo.jpg") -> SimpleUploadedFile:
    from PIL import Image

    data = BytesIO()
    Image.new("RGB", (64, 48), (30, 90, 160)).save(data, "JPEG")
    return SimpleUploadedFile(name, data.getvalue(), content_type="image/jpeg")
