"""The phone's scripts as they travel: several modules as one, without comments, indentation and long names of our own.

The sources are what a browser runs, too; this only shortens them, because a village's network carries every byte. It knows the plain
part of the language that they are written in (tests/mobile/test_packing.py says which) and refuses what it does not know.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count, product
from string import ascii_letters

# Names that are the browser's: whatever else a script names is our own and may be shortened.
_BROWSER = """AbortController Array Blob Boolean Date Error Event IDBKeyRange Image Infinity Intl JSON Map Math Number Object Promise RegExp Set
    String TextDecoder TextEncoder URL Uint8Array addEventListener atob btoa caches clearTimeout clients console crypto decodeURIComponent
    dispatchEvent document encodeURIComponent fetch indexedDB isNaN location navigator removeEventListener scrollTo setInterval setTimeout
    skipWaiting window"""
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


@dataclass
class Module:
    """One script: its tokens, and what its names mean outside of it."""

    name: str
    tokens: list[tuple[str, str]]
    spaces: dict[str, str] = field(default_factory=dict)  # import * as these from that module
    outside: dict[str, tuple[str, str]] = field(default_factory=dict)  # names of its own top level, and imported ones


def pack(sources: dict[str, str]) -> str:
    """The modules as one script; each may import those before it, and only those."""
    modules: list[Module] = []
    for name, source in sources.items():
        modules.append(_read(name, source, {module.name for module in modules}))
    used = [list(_meanings(module)) for module in modules]
    short = _short_names(meaning for tokens in used for _text, meaning, _spelt in tokens if meaning)
    return "".join(_write(tokens, short) for tokens in used)


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


def _read(name: str, source: str, known: set[str]) -> Module:
    rest = list(tokens(source))
    module = Module(name, [])
    while rest and rest[0][1] == "import":
        end = next(n for n, (_kind, text) in enumerate(rest) if text == ";")
        words = [text for kind, text in rest[1:end] if kind == "word" and text not in {"from", "as"}]
        other = rest[end - 1][1].strip("\"'").removeprefix("./").removesuffix(".js")
        if other not in known:
            raise NotPlain(f"{name} imports {other}, which does not come before it")
        if rest[1][1] == "*":
            module.spaces[words[0]] = other
        else:
            module.outside |= {word: (other, word) for word in words}
        del rest[: end + 1]
    level = 0
    for n, (kind, text) in enumerate(rest):
        level += {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}.get(text, 0) if kind == "sign" else 0
        if kind == "text":
            level += text.endswith("${") - text.startswith("}")
        if level == 0 and text in {"const", "let", "function", "class"} and rest[n - 1][1] not in {".", "?."}:
            if rest[n + 1][0] != "word":
                raise NotPlain(f"{name}: {text} {rest[n + 1][1]} at the top")
            module.outside[rest[n + 1][1]] = (name, rest[n + 1][1])
        if not (level == 0 and text == "export"):
            module.tokens.append((kind, text))
    return module


Meaning = tuple[str, str]  # where it lives ("" for a local name), and how it is spelt there


class _Braces:
    """Which kind of bracket one is in: "object", "class", "template", or the sign itself."""

    def __init__(self) -> None:
        self.inside, self.pending = [""], False

    def pass_by(self, kind: str, text: str, before: str) -> None:
        if kind == "text":
            if text.startswith("}"):
                self.inside.pop()
            if text.endswith("${"):
                self.inside.append("template")
        elif kind == "sign" and text in "([{":
            what = "class" if text == "{" and self.pending else "object" if text == "{" and before in BEFORE_OBJECT else text
            self.pending = self.pending and text != "{"
            self.inside.append(what)
        elif kind == "sign" and text in ")]}":
            self.inside.pop()
        elif kind == "word" and text == "class" and before not in {".", "?."}:
            self.pending = True

    def key(self, before: str, after: str) -> bool:
        """Whether a word here is the key of an object."""
        return self.inside[-1] == "object" and (before in {"{", ","} or (before == "async" and after == "("))


def _meanings(module: Module) -> Iterator[tuple[str, Meaning | None, bool]]:
    """Each token with the name that it stands for, if it is ours, and whether it must be spelt out as the key of an object, too."""
    found, braces, skip = module.tokens, _Braces(), 0
    for n, (kind, text) in enumerate(found):
        before, after = found[n - 1][1] if n else "", found[n + 1][1] if n + 1 < len(found) else ""
        if skip:
            skip -= 1
            continue
        braces.pass_by(kind, text, before)
        starts = braces.key(before, after)
        foreign = text in INTERFACES and text not in module.outside
        if kind != "word" or text in KEYWORDS or before in {".", "?."} or braces.inside[-1] == "class" or (starts and after in {":", "("}):
            yield text, None, False
        elif text in module.spaces and after == ".":
            skip = 2
            yield text, (module.spaces[text], found[n + 2][1]), False
        elif text in module.spaces or (foreign and starts):
            raise NotPlain(f"{module.name}: {text} near {before} {after}")
        elif foreign:
            yield text, None, False
        else:
            yield text, module.outside.get(text, ("", text)), starts


def _short_names(meanings: Iterable[Meaning]) -> dict[Meaning, str]:
    """One short name for each meaning, the most frequent first; no two share one, so nothing is ever hidden by chance."""
    names = ("".join(letters) for length in count(1) for letters in product(ascii_letters, repeat=length))
    free = (name for name in names if name not in KEYWORDS | INTERFACES)
    ranked = sorted(Counter(meanings).items(), key=lambda row: (-row[1], row[0]))
    return {meaning: next(free) for meaning, _times in ranked}


def _write(found: list[tuple[str, Meaning | None, bool]], short: dict[Meaning, str]) -> str:
    out: list[str] = []
    for text, meaning, spelt in found:
        word = text if meaning is None else f"{text}:{short[meaning]}" if spelt else short[meaning]
        if out and word == "}" and out[-1] in {";", ","}:
            out.pop()
        if out and word in {")", "]"} and out[-1] == ",":
            out.pop()
        last = out[-1][-1:] if out else ""
        if (re.match(r"[\w$]", word) and re.match(r"[\w$]", last)) or (word[0] in "+-" and last == word[0]):
            out.append(" ")
        out.append(word)
    return "".join(out)


def pack_sheet(source: str) -> str:
    """A style sheet without comments and without the room around its signs."""
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    source = re.sub(r"\s+", " ", source)
    return re.sub(r"\s*([{};,>])\s*", r"\1", source).replace(": ", ":").replace(";}", "}").strip()
