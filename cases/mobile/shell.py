"""The phone pages' shell: one document and its parts, the same for everybody, kept by the phone's service worker.

It holds nobody's data, so it needs no log-in. Its parts live under an address with their version in it, so a phone never mixes two versions.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, override
from django.views.decorators.http import require_safe

from cases.mobile.packing import pack, pack_sheet
from cases.mobile.words import words
from cases.visits.numbers import NUMBERS

CASES = Path(__file__).resolve().parents[1]
FILES = CASES / "static" / "cases" / "mobile"
TEMPLATES = CASES / "templates" / "cases" / "mobile"
TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png"}
PARTS = ("m.css", "app.js", "icon.svg")
# the modules of app.js, each after those that it imports
SCRIPTS = ("ui", "store", "api", "vault", "outbox", "photos", "rules", "fields", "draft", "album", "form", "reportform", "pages", "settings", "app")
LATER = ("icon.png",)  # asked for by a home screen, not needed without a network
WORKER = "sw.js"
YEAR = 365 * 24 * 3600  # seconds


@cache
def part(name: str) -> bytes:
    """One part as it travels: scripts and the style sheet packed, the others as they are."""
    if name == "app.js":
        return pack({script: (FILES / f"{script}.js").read_text(encoding="utf-8") for script in SCRIPTS}).encode()
    if name == WORKER:
        return pack({name: (FILES / name).read_text(encoding="utf-8")}).encode()
    source = (FILES / name).read_bytes()
    return pack_sheet(source.decode()).encode() if name.endswith(".css") else source


@cache
def version() -> str:
    """Changes with every part, with the document's template and with its words."""
    seen = hashlib.sha256()
    for name in (*PARTS, *LATER, WORKER):
        seen.update(part(name))
    for template in sorted(TEMPLATES.glob("*.html")):
        seen.update(template.read_bytes())
    # every language, whichever the process happens to begin with
    for language, _name in settings.LANGUAGES:
        with override(language):
            seen.update(json.dumps(words(), ensure_ascii=False, sort_keys=True).encode())
    return seen.hexdigest()[:12]


@require_safe
def shell(request: HttpRequest) -> HttpResponse:
    """The one document of all phone pages, in the reader's language."""
    asked = request.GET.get("language")  # the worker asks for the language of the account, whatever this browser prefers
    with override(asked if asked in dict(settings.LANGUAGES) else get_language()):
        answer = _packed(request, document(), "text/html; charset=utf-8")
    answer["Cache-Control"] = "no-cache"
    patch_vary_headers(answer, ["Cookie", "Accept-Language"])
    return answer


def _script(name: str, value: dict[str, str]) -> SafeString:
    """Data for the scripts. Django's own filter writes Chinese as escapes, which are half as long again on the line."""
    said = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&":
        said = said.replace(sign, f"\\u{ord(sign):04x}")
    return format_html('<script id="{}" type="application/json">{}</script>', name, mark_safe(said))


def document() -> bytes:
    """The document in the language that is active now."""
    language = "en" if get_language() == "en" else "zh-hans"
    context = {
        "version": version(),
        "base": f"{reverse('phone')}s/{version()}/",
        "words": _script("words", words()),
        "numbers": NUMBERS,
        "html_language": "en" if language == "en" else "zh-Hans",
        "about": _script(
            "about", {"language": language, "version": version(), "login": reverse("login"), "phone": reverse("phone"), "tasks": reverse("inbox")}
        ),
    }
    lines = (line.strip() for line in render_to_string("cases/mobile/shell.html", context).splitlines())
    return "\n".join(line for line in lines if line).encode()


@require_safe
def asset(request: HttpRequest, name: str) -> HttpResponse:
    """One part under its versioned address: it never changes there."""
    answer = _packed(request, part(name), TYPES[Path(name).suffix])
    answer["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return answer


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the list of what it keeps."""
    source = part(WORKER).decode().replace('"VERSION"', json.dumps(version())).replace('["SHELL"]', json.dumps(precached()))
    answer = _packed(request, source.encode(), TYPES[".js"])
    answer["Cache-Control"] = "no-cache"
    return answer


def precached() -> list[str]:
    """Addresses of everything that the pages need without a network."""
    phone = reverse("phone")
    return [phone, reverse("phone-manifest"), *(f"{phone}s/{version()}/{name}" for name in PARTS)]


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
    """gzip, the same bytes each time."""
    return gzip.compress(body, 9, mtime=0)


def weight() -> dict[str, int]:
    """Bytes of each piece of the offline shell as it travels, in the language that is active now."""
    pieces = {"document": squeeze(document()), "manifest": squeeze(_manifest()), WORKER: squeeze(part(WORKER))}
    return {name: len(body) for name, body in (pieces | {name: squeeze(part(name)) for name in PARTS}).items()}
