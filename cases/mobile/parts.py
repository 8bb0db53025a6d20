"""What the phone's shell is made of: two packed scripts, the sheet, the icons; and what of it is needed first."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from cases.mobile.packing import pack, pack_both, pack_sheet
from cases.mobile.wording import short_keys, spoken
from cases.mobile.words import words

CASES = Path(__file__).resolve().parents[1]
FILES = CASES / "static" / "cases" / "mobile"
TEMPLATES = CASES / "templates" / "cases" / "mobile"
PARTS = ("m.css", "app.js")
# the modules of app.js, each after those that it imports
SCRIPTS = tuple(
    "ui store api vault outbox photos rules fields draft album form lists pages browser pin app".split()  # noqa: SIM905  one line
)
SELDOM = ("later.js", "icon.svg")  # kept when everything else is there: the report, what was sent, settings, self-check, the file for the county
SELDOM_SCRIPTS = ("reportform", "queue", "records", "keys", "leaving", "settings", "later")
LATER = ("icon.png",)  # asked for by a home screen, not needed without a network
WORKER = "sw.js"
EARLY = ("shell.html", "visit.html")


@cache
def part(name: str) -> bytes:
    """One part as it travels: scripts and the style sheet packed, the others as they are."""
    if name in {"app.js", "later.js"}:
        return scripts()[name].encode()
    if name == WORKER:
        return pack({name: (FILES / name).read_text(encoding="utf-8")}).encode()
    source = (FILES / name).read_bytes()
    return pack_sheet(source.decode()).encode() if name.endswith(".css") else source


def _sources(names: tuple[str, ...]) -> dict[str, str]:
    return {name: (FILES / f"{name}.js").read_text(encoding="utf-8") for name in names}


@cache
def scripts() -> dict[str, str]:
    """The two scripts, packed."""
    first, second = pack_both(_sources(SCRIPTS), _sources(SELDOM_SCRIPTS), "./app.js", keys())
    return {"app.js": first, "later.js": second}


@cache
def keys() -> dict[str, str]:
    """Short keys of words, as the packed scripts say them."""
    return short_keys(words(), _sources(SCRIPTS + SELDOM_SCRIPTS).values())


@cache
def early() -> frozenset[str]:
    """Which words, and which icons, are needed before `later.js`."""
    sources = _sources(SCRIPTS).values()
    said = {key for source in sources for key in spoken(words(), source)}
    drawn = {name for name in icons() for text in (*sources, *_texts(EARLY)) if f'"{name}"' in text or f"#i-{name}" in text}
    return frozenset(f"word {key}" for key in said) | {f"icon {name}" for name in drawn}


def _texts(names: tuple[str, ...]) -> list[str]:
    return [(TEMPLATES / name).read_text(encoding="utf-8") for name in names]


@cache
def icons() -> dict[str, str]:
    """The symbols of the pages by their names."""
    found = re.findall(r'<symbol id="i-([a-z-]+)".*?</symbol>', _texts(("icons.html",))[0])
    lines = _texts(("icons.html",))[0].splitlines()
    return {name: next(line for line in lines if f'"i-{name}"' in line) for name in found}
