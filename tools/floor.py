"""The floor of the phone pages: Chromium 88 and Safari 14. Says which lines of their scripts, sheets and templates need more.

python tools/floor.py    prints what is above the floor and ends with 1 if anything is
Only a current Chromium runs in the tests; this list is what keeps older phones in. `// floor: ok` on a line says why it may stay.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (ROOT / "cases" / "static" / "cases" / "mobile", ROOT / "cases" / "templates" / "cases" / "mobile")

# What is looked for, and the first Chromium and Safari that have it ("-" where none has).
SCRIPT = {
    r"\?\?=|\|\|=|&&=": "logical assignment: Chromium 85, Safari 14; kept out, some kernels of phones lie about their version",
    r"\.at\(": "at(): Chromium 92, Safari 15.4",
    r"\bstructuredClone\b": "structuredClone: Chromium 98, Safari 15.4",
    r"\.findLast(Index)?\(": "findLast: Chromium 97, Safari 15.4",
    r"\.(toSorted|toReversed|toSpliced|with)\(": "copying array methods: Chromium 110, Safari 16",
    r"\bObject\.(hasOwn|groupBy)\b": "Object.hasOwn, groupBy: Chromium 93, Safari 15.4",
    r"\brandomUUID\b": "crypto.randomUUID: Chromium 92, Safari 15.4",
    r"\bstatic\s*\{": "static blocks: Chromium 94, Safari 16.4",
    r"(?<![\w\"'`(#])#[a-z]\w*\s*(?:[;=(]|in\b)": "private members: Safari 15",
    r"^(?:const .*= )?await\b": "await at the top: Chromium 89, Safari 15",
    r"\(\?<[=!]": "lookbehind: Safari 16.4",
    r"/[gimsuy]*[dv][gimsuy]*[;,.)]": "regular expressions with d or v: Chromium 90, Safari 15",
    r"\bAbortSignal\.(timeout|any)\b": "AbortSignal.timeout: Chromium 103, Safari 16",
    r"\.showModal\(|<dialog\b": "dialog: Safari 15.4",
    r"\bnew BroadcastChannel\b": "BroadcastChannel: Safari 15.4",
    r"\bcreateImageBitmap\b": "createImageBitmap: Safari 15",
    r"\bOffscreenCanvas\b": "OffscreenCanvas: Safari 16.4",
    r"\brequestIdleCallback\b": "requestIdleCallback: in no Safari",
    r"\.replaceAll\(": "replaceAll: Chromium 85, Safari 13.1; split and join do",
    r"\bnew (?:Compression|Decompression)Stream\b": "compression streams: Safari 16.4",
    r"\bimport\(.*with\s*\{|\bassert\s*\{": "import attributes",
    r"\bError\([^)]*cause:": "the cause of an error: Chromium 93, Safari 15",
    r"\bArray\.fromAsync\b|\bPromise\.(?:withResolvers|try)\b": "newer than the floor",
    r"\bnavigator\.locks\b(?!\)| \|\||\.request)": "Web Locks without asking first: Safari 15.4",
}
STYLE = {
    r":has\(": ":has(): Chromium 105, Safari 15.4",
    r"\binset\s*:": "inset: Safari 14.1",
    r"\baspect-ratio\s*:": "aspect-ratio: Safari 15",
    r"\b(?:oklch|oklab|color-mix|lch|lab)\(": "colours: Chromium 111, Safari 15.4",
    r"@container|container-type": "container queries: Chromium 105, Safari 16",
    r"@layer": "layers: Chromium 99, Safari 15.4",
    r"\b\d+(?:dvh|svh|lvh|dvw)\b": "dvh: Chromium 108, Safari 15.4",
    r"\b(?:margin|padding|border|inset)-(?:inline|block)\s*:": "logical shorthands: Safari 14.1",
    r"\btext-wrap\s*:|\bfield-sizing\s*:|@starting-style|@scope|\bview-transition": "newer than the floor",
    r"(?:^|\s)&": "nesting: Chromium 112, Safari 16.5",
}
RULE = re.compile(r"[^{}]*\{[^{}]*\}")


def above(path: Path) -> Iterator[tuple[int, str]]:
    """Line and reason of everything in a file that the floor lacks."""
    source = path.read_text(encoding="utf-8")
    wanted = STYLE if path.suffix == ".css" else SCRIPT
    for number, line in enumerate(source.splitlines(), 1):
        if "floor: ok" in line or line.lstrip().startswith(("//", "/*")):
            continue
        yield from ((number, reason) for pattern, reason in wanted.items() if re.search(pattern, line))
    if path.suffix == ".css":
        for rule in RULE.finditer(source):
            # room between the parts of a flexible row came with Safari 14.1; in a grid it is older
            if re.search(r"display:\s*(?:inline-)?flex", rule[0]) and re.search(r"(?<!grid-)(?<!-)\bgap\s*:", rule[0]):
                yield source.count("\n", 0, rule.start()) + 1, "gap in a flexible row: Safari 14.1"


def main() -> int:
    files = [path for room in ROOMS for path in sorted(room.rglob("*")) if path.suffix in {".js", ".css", ".html"}]
    found = [f"{path.relative_to(ROOT)}:{number}: {reason}" for path in files for number, reason in above(path)]
    print("\n".join(found) or f"{len(files)} files of the phone pages stay on the floor: Chromium 88, Safari 14.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
