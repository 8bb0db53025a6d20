"""The words and signs of the phone's scripts: the plain part of the language that they are written in, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

# Names that are the browser's: whatever else a script names is our own and may be shortened.
_BROWSER = """AbortController Array Blob Boolean DOMParser Date Error Event IDBKeyRange Image Infinity Intl JSON Map Math Number Object Promise
    RegExp Set String TextDecoder TextEncoder URL Uint8Array addEventListener atob btoa caches clearTimeout clients console crypto
    decodeURIComponent dispatchEvent document encodeURIComponent fetch indexedDB isNaN location navigator removeEventListener scrollTo
    setInterval setTimeout skipWaiting window"""
INTERFACES = frozenset(_BROWSER.split())
_LANGUAGE = """arguments async await break case catch class const constructor continue default delete do else export extends finally for from function
    if import in instanceof let new null of return static super switch this throw true false try typeof undefined var void while
    with yield"""
KEYWORDS = frozenset(_LANGUAGE.split())
SIGNS = ("...", "===", "!==", "=>", "**", "&&", "||", "??", "?.", "<=", ">=", "==", "!=", "+=", "-=", "*=", "|=", "++", "--", "<<", ">>")
TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)|(?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?P<word>[A-Za-z_$][\w$]*)|(?P<number>\d[\w.]*)"""
    rf"|(?P<sign>{'|'.join(map(re.escape, SIGNS))}|.)",
    re.DOTALL,
)
PATTERN = re.compile(r"/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n])+/[a-z]*")
CHUNK = re.compile(r"(?:\\.|\$(?!\{)|[^`\\$])*(?:`|\$\{)", re.DOTALL)
_PATTERNS, _OBJECTS = "( , = : [ ! & | ? { } ; && || ?? => return typeof", "( , = : [ ? && || ?? return const let import export ..."
BEFORE_PATTERN, BEFORE_OBJECT = frozenset(_PATTERNS.split()), frozenset(_OBJECTS.split())


class NotPlain(ValueError):
    """Something that the packing does not know."""


def tokens(source: str) -> Iterator[tuple[str, str]]:
    """Kind and text of each token: string, word, number, sign, pattern, text (of a template)."""
    at, before, depth = 0, "", [0]  # depth: open braces since each `${`
    while at < len(source):
        if source[at] == "`" or (source[at] == "}" and len(depth) > 1 and depth[-1] == 0):
            if source[at] == "}":
                depth.pop()
            found = CHUNK.match(source, at + 1)
            kind = "text"
            if found and found[0].endswith("${"):
                depth.append(0)
        elif source[at] == "/" and source[at + 1] not in "/*" and before in BEFORE_PATTERN:
            found, kind = PATTERN.match(source, at), "pattern"
        else:
            found = TOKEN.match(source, at)
            kind = str(found.lastgroup) if found else ""
        if found is None:
            raise NotPlain(source[at : at + 40])
        text, at = source[at : found.end()], found.end()
        if kind == "space":
            continue
        if kind == "sign":
            depth[-1] += {"{": 1, "}": -1}.get(text, 0)
        before = text
        yield kind, text
