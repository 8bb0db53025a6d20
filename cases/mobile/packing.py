"""The phone's scripts as they travel: several modules as one, without comments, indentation and long names of our own.

The sources are what a browser runs, too; this only shortens them, because a village's network carries every byte. It knows the plain
part of the language that they are written in (tests/mobile/test_packing.py says which) and refuses what it does not know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import count, product
from string import ascii_letters, ascii_lowercase, ascii_uppercase
from typing import NamedTuple

from cases.mobile.tokens import BEFORE_OBJECT, INTERFACES, KEYWORDS, NotPlain, tokens
from cases.mobile.wording import renamed_keys
from cases.mobile.writing import written


@dataclass
class Module:
    """One script: its tokens, and what its names mean outside of it."""

    name: str
    tokens: list[tuple[str, str]]
    spaces: dict[str, str] = field(default_factory=dict)  # import * as these from that module
    outside: dict[str, tuple[str, str]] = field(default_factory=dict)  # names of its own top level, and imported ones
    exports: list[str] = field(default_factory=list)


Meaning = tuple[str, str]  # where it lives ("" for a local name), and how it is spelt there


class Word(NamedTuple):
    """A token, the name that it stands for if that is ours, and whether it must be spelt out as the key of an object, too."""

    kind: str
    text: str
    meaning: Meaning | None = None
    spelt: bool = False


def pack(sources: dict[str, str], keys: dict[str, str] | None = None) -> str:
    """The modules as one script; each may import those before it, and only those. `keys` are the short keys of words (cases/mobile/wording.py)."""
    return pack_both(sources, {}, "", keys)[0]


def pack_both(first: dict[str, str], second: dict[str, str], address: str, keys: dict[str, str] | None = None) -> tuple[str, str]:
    """Two scripts. The second imports what it needs of the first from `address`, and exports under their names what its last module does."""
    modules: list[Module] = []
    for name, source in (first | second).items():
        modules.append(_read(name, source, {module.name for module in modules}, keys or {}))
    units = {module.name: list(_units(_meanings(module))) for module in modules}
    for name, found in units.items():
        for unit in found:
            _all_declared(name, unit)
    offered = {(module.name, name) for module in modules for name in module.exports}
    for module in modules:
        for word in (word for unit in units[module.name] for word in unit if word.meaning):
            if word.meaning and word.meaning[0] not in {"", module.name} and word.meaning not in offered:
                raise NotPlain(f"{module.name} wants {word.meaning[1]} of {word.meaning[0]}, which does not offer it")
    short = _short_names(_global(units, first), {})
    shared = {meaning: short[meaning] for meaning in _global(units, second) if meaning[0] in first}
    short |= _short_names((meaning for meaning in _global(units, second) if meaning[0] in second), shared)
    texts = [written(list(_renamed((unit for name in part for unit in units[name]), short))) for part in (first, second)]
    needed = sorted(shared.values())
    if needed:
        texts = [f"{texts[0]}export{{{','.join(needed)}}};", f'import{{{",".join(needed)}}}from"{address}";{texts[1]}']
    if second:
        last = modules[-1]
        texts[1] += f"export{{{','.join(f'{short[last.name, name]} as {name}' for name in last.exports)}}};"
    return texts[0], texts[1]


def _read(name: str, source: str, known: set[str], keys: dict[str, str]) -> Module:
    rest = renamed_keys(list(tokens(source)), keys)
    module = Module(name, [])
    while rest and rest[0][1] == "import":
        end = next(n for n, (_kind, text) in enumerate(rest) if text == ";")
        words = [text for kind, text in rest[1:end] if kind == "word" and text not in {"from", "as"}]
        if rest[1][1] != "*" and ("word", "as") in rest[:end]:
            raise NotPlain(f"{name} imports under another name")
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
            if "export" in (rest[n - 1][1], rest[n - 2][1]):
                module.exports.append(rest[n + 1][1])
        if not (level == 0 and text == "export"):
            module.tokens.append((kind, text))
    return module


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


def _meanings(module: Module) -> Iterator[Word]:
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
            yield Word(kind, text)
        elif text in module.spaces and after == ".":
            skip = 2
            yield Word(kind, text, (module.spaces[text], found[n + 2][1]))
        elif text in module.spaces or (foreign and starts):
            raise NotPlain(f"{module.name}: {text} near {before} {after}")
        elif foreign:
            yield Word(kind, text)
        else:
            yield Word(kind, text, module.outside.get(text, ("", text)), starts)


def _units(words: Iterable[Word]) -> Iterator[list[Word]]:
    """The statements of the top level. What is declared within one of them is unknown outside of it."""
    unit: list[Word] = []
    level = 0
    for word in words:
        unit.append(word)
        if word.kind == "sign":
            level += {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}.get(word.text, 0)
        elif word.kind == "text":
            level += word.text.endswith("${") - word.text.startswith("}")
        # an expression may go on after a brace, a declaration may not
        declared = unit[0].text in {"function", "class"} or [one.text for one in unit[:2]] == ["async", "function"]
        if level == 0 and (word.text == ";" or (word.text == "}" and declared)):
            yield unit
            unit = []
    if unit:
        yield unit


DECLARING = frozenset({"const", "let", "function", "class", "(", ",", "{", "[", "...", ":"})


def _all_declared(module: str, unit: list[Word]) -> None:
    """Refuse a name that only ever is used: it is the browser's, and must be among INTERFACES."""
    used = {word.text for word in unit if word.meaning and not word.meaning[0]}
    for n, word in enumerate(unit):
        if word.meaning and n and (unit[n - 1].text in DECLARING or unit[min(n + 1, len(unit) - 1)].text == "=>"):
            used.discard(word.text)
    if used:
        raise NotPlain(f"{module} uses {', '.join(sorted(used))}, which nobody declares")


def _names(singles: str) -> Iterator[str]:
    words = ("".join(letters) for length in count(2) for letters in product(ascii_letters, repeat=length))
    yield from singles
    yield from (letter for letter in ascii_letters if letter not in singles)
    yield from (name for name in words if name not in KEYWORDS | INTERFACES)


def _global(units: dict[str, list[list[Word]]], modules: Iterable[str]) -> Iterator[Meaning]:
    """What the modules name of any module's top level, as often as they do."""
    for name in modules:
        yield from (word.meaning for unit in units[name] for word in unit if word.meaning and word.meaning[0])


def _short_names(meanings: Iterable[Meaning], taken: dict[Meaning, str]) -> dict[Meaning, str]:
    """One short name for each name of a module's top level, the most frequent first; none is taken, no two share one."""
    free = (name for name in _names(ascii_uppercase) if name not in taken.values())
    given: dict[Meaning, str] = {}
    for meaning, _times in sorted(Counter(meanings).items(), key=lambda row: (-row[1], row[0])):
        given[meaning] = next(name for name in free if name not in given.values())
    return given


def _renamed(units: Iterable[list[Word]], short: dict[Meaning, str]) -> Iterator[str]:
    """The words with their short names. Within a unit no two names become one, so nothing is ever hidden by chance."""
    for unit in units:
        given = {word.meaning: short[word.meaning] for word in unit if word.meaning and word.meaning[0]}
        taken, free = set(given.values()), _names(ascii_lowercase)
        local = Counter(word.meaning for word in unit if word.meaning and not word.meaning[0])
        given |= {meaning: next(name for name in free if name not in taken) for meaning, _times in local.most_common()}
        assert len(set(given.values())) == len(given), "two names became one"
        for word in unit:
            name = given[word.meaning] if word.meaning else word.text
            yield f"{word.text}:{name}" if word.spelt else name
