"""What the phone's shell is made of: two packed scripts, the sheet, the icons; and what of it is needed first."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from cases.mobile.classes import short_classes, with_short_classes
from cases.mobile.packing import pack, pack_both
from cases.mobile.sheets import pack_sheet, short_variables
from cases.mobile.wording import short_keys, spoken
from cases.mobile.words import words

CASES = Path(__file__).resolve().parents[1]
FILES = CASES / "static" / "cases" / "mobile"
TEMPLATES = CASES / "templates" / "cases" / "mobile"
PARTS = ("m.css", "app.js")
# the modules of app.js, each after those that it imports
SCRIPTS = tuple(
    "ui rest store vault outbox photos rules fields draft album form lists pages pin app".split()  # noqa: SIM905  one line
)
SELDOM = ("later.js", "later.css", "icon.svg")  # kept when everything else is there: sending, the report, what was sent, settings
# those of later.js: what wants a network anyway, and the screens that are seldom needed
SELDOM_SCRIPTS = tuple(
    "browser api fetching sending keys worker online situation reportform queue records leaving settings later".split()  # noqa: SIM905  one line
)
LATER = ("icon.png",)  # asked for by a home screen, not needed without a network
WORKER = "sw.js"
EARLY = ("shell.html", "visit.html")


@cache
def part(name: str) -> bytes:
    """One part as it travels: scripts and the style sheet packed, the others as they are."""
    if name in {"app.js", "later.js"}:
        return scripts()[name].encode()
    if name == WORKER:
        return pack({name: _read(name)}).encode()
    return pack_sheet(with_classes(_read(name)), short_variables(_read(PARTS[0]))).encode() if name.endswith(".css") else (FILES / name).read_bytes()


def _read(name: str) -> str:
    return (FILES / name).read_text(encoding="utf-8")


def _sources(names: tuple[str, ...]) -> dict[str, str]:
    return {name: _read(f"{name}.js") for name in names}


@cache
def _classes() -> dict[str, str]:
    sheets = [_read(name) for name in PARTS + SELDOM if name.endswith(".css")]
    return short_classes([*sheets, *_sources(SCRIPTS + SELDOM_SCRIPTS).values(), *_texts((*EARLY, "icons.html", "later.html", "report.html"))])


def with_classes(text: str) -> str:
    """The text with the short names of the classes."""
    return with_short_classes(text, _classes())


def _packable(names: tuple[str, ...]) -> dict[str, str]:
    return {name: with_classes(source) for name, source in _sources(names).items()}


@cache
def scripts() -> dict[str, str]:
    """The two scripts, packed."""
    first, second = pack_both(_packable(SCRIPTS), _packable(SELDOM_SCRIPTS), "./app.js", keys())
    return {"app.js": first, "later.js": second}


@cache
def keys() -> dict[str, str]:
    """The numbers of words, as the packed scripts say them: those that are needed first come first."""
    first = sorted(words(), key=lambda key: f"word {key}" not in early())
    return short_keys(first, _sources(SCRIPTS + SELDOM_SCRIPTS).values())


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
    """The drawings of the pages by their names."""
    return {match[1]: match[0] for match in re.finditer(r'<path id="i-([a-z-]+)".*?/>', _texts(("icons.html",))[0])}
