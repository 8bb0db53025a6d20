"""The phone pages' shell: one document and its parts, the same for everybody, kept by the phone's service worker.

It holds nobody's data, so it needs no log-in. Its parts live under an address with their version in it, so a phone never mixes two versions.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import zopfli.gzip
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from cases.mobile.parts import LATER, PARTS, SELDOM, TEMPLATES, WORKER, early, icons, keys, part, with_classes
from cases.mobile.words import words
from cases.visits.numbers import NUMBERS

TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png"}
YEAR = 365 * 24 * 3600  # seconds


@cache
def version() -> str:
    """Changes with every part, with the document's template and with its words."""
    seen = hashlib.sha256()
    for name in (*PARTS, *SELDOM, *LATER, WORKER):
        seen.update(part(name))
    for template in sorted(TEMPLATES.glob("*.html")):
        seen.update(template.read_bytes())
    # every language, whichever the process happens to begin with
    for language, _name in settings.LANGUAGES:
        with override(language):
            seen.update(json.dumps(words(), ensure_ascii=False, sort_keys=True).encode())
    return seen.hexdigest()[:12]


@require_safe
def shell(request: HttpRequest, *, later: bool = False) -> HttpResponse:
    """The one document of all phone pages in the reader's language; or what it brings in when a seldom screen is opened."""
    asked = request.GET.get("language")  # the worker asks for the language of the account, whatever this browser prefers
    with override(asked if asked in dict(settings.LANGUAGES) else get_language()):
        answer = _packed(request, second_document() if later else document(), "text/html; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    patch_vary_headers(answer, ["Cookie", "Accept-Language"])
    return answer


def _script(name: str, value: object) -> SafeString:
    """Data for the scripts. Django's own filter writes Chinese as escapes, which are half as long again on the line."""
    said = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&":
        said = said.replace(sign, f"\\u{ord(sign):04x}")
    return format_html('<script id="{}" type="application/json">{}</script>', name, mark_safe(said))


def _context(*, first: bool) -> dict[str, Any]:
    said = {key: text for key, text in words().items() if (f"word {key}" in early()) == first}
    counted = [said.pop(key) for key in keys() if key in said]  # in the order of their numbers
    drawn = "".join(drawing for name, drawing in icons().items() if (f"icon {name}" in early()) == first)
    return {
        "base": f"{reverse('phone')}s/{version()}/",
        "words": _script("words", [counted, said]),
        "icons": format_html('<svg class="kc-sprite" aria-hidden="true">{}</svg>', mark_safe(drawn)),
    }


def _rendered(template: str, context: dict[str, Any]) -> bytes:
    lines = (line.strip() for line in render_to_string(f"cases/mobile/{template}", context).splitlines())
    return with_classes("\n".join(line for line in lines if line)).encode()


def document() -> bytes:
    """The document in the language that is active now."""
    language = "en" if get_language() == "en" else "zh-hans"
    addresses = {"login": reverse("login"), "phone": reverse("phone"), "later": reverse("phone-later"), "tasks": reverse("inbox")}
    context = _context(first=True) | {
        "numbers": NUMBERS,
        "html_language": "en" if language == "en" else "zh-Hans",
        "about": _script("about", {"language": language, "version": version()} | addresses),
    }
    return _rendered("shell.html", context)


def second_document() -> bytes:
    """Words, icons and forms of the screens that are seldom needed."""
    return _rendered("later.html", _context(first=False))


@require_safe
def asset(request: HttpRequest, name: str) -> HttpResponse:
    """One part under its versioned address: it never changes there."""
    answer = _packed(request, part(name), TYPES[Path(name).suffix])
    answer["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return answer


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the list of what it keeps."""
    answer = _packed(request, worker_source(), TYPES[".js"])
    answer["Cache-Control"] = "no-cache"
    return answer


def worker_source() -> bytes:
    """The worker as it travels."""
    said = {'"VERSION"': version(), '["SHELL"]': precached(), '["LATER"]': kept_later()}
    source = part(WORKER).decode()
    for place, value in said.items():
        source = source.replace(place, json.dumps(value, separators=(",", ":")))
    return source.encode()


def precached() -> list[str]:
    """Addresses of everything that it takes to open the pages and log a visit."""
    phone = reverse("phone")
    return [phone, *(f"{phone}s/{version()}/{name}" for name in PARTS)]


def kept_later() -> list[str]:
    """Addresses of the rest, which the worker keeps when that is done."""
    return [reverse("phone-later"), reverse("phone-manifest"), *(f"{reverse('phone')}s/{version()}/{name}" for name in SELDOM)]


@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """What makes the pages installable."""
    answer = _packed(request, _manifest(), "application/manifest+json")
    answer["Cache-Control"] = "no-cache"
    patch_vary_headers(answer, ["Cookie", "Accept-Language"])
    return answer


def _manifest() -> bytes:
    said, base = words(), f"{reverse('phone')}s/{version()}/"
    about = {
        "name": said["brand"],
        "short_name": said["brand"],
        "lang": "en" if get_language() == "en" else "zh-Hans",
        "start_url": reverse("phone"),
        "scope": reverse("phone"),
        "display": "standalone",
        "theme_color": "#1557b0",
        "background_color": "#f3f5f8",
        "icons": [
            {"src": f"{base}icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"},
            {"src": f"{base}icon.png", "sizes": "192x192", "type": "image/png"},
        ],
    }
    return json.dumps(about, ensure_ascii=False, separators=(",", ":")).encode()


@require_safe
def diag(request: HttpRequest) -> HttpResponse:
    """An address that can be said on the telephone."""
    return HttpResponseRedirect(reverse("phone") + "#diag")


def _packed(request: HttpRequest, body: bytes, kind: str) -> HttpResponse:
    """Compressed if the browser can, with a tag, and marked as ours: a portal that answers in our place lacks the mark."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
    if request.headers.get("If-None-Match", "").replace("W/", "") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    packs = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(squeeze(body) if packs else body, content_type=kind)
    if packs:
        answer["Content-Encoding"] = "gzip"
    answer["ETag"], answer["X-KC"] = tag, version()
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer


@cache
def squeeze(body: bytes) -> bytes:
    """gzip, the same bytes each time: packed as small as it goes, once for each process."""
    packed: bytes = zopfli.gzip.compress(body)
    return packed


def weight() -> dict[str, int]:
    """Bytes, as they travel, of each piece that it takes to open the pages and log a visit, in the language that is active now."""
    pieces = {"document": document(), WORKER: worker_source()} | {name: part(name) for name in PARTS}
    return {name: len(squeeze(body)) for name, body in pieces.items()}


def weight_later() -> dict[str, int]:
    """The same of what the worker keeps afterwards."""
    pieces = {"second document": second_document(), "manifest": _manifest()} | {name: part(name) for name in SELDOM}
    return {name: len(squeeze(body)) for name, body in pieces.items()}
