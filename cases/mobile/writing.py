"""The words of a packed script, written as short as they can be said."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator


def written(words: list[str]) -> str:
    """The words as one text that means the same."""
    return _close(_joined(_plain(words)))


def _plain(words: list[str]) -> list[str]:
    """`a=>` for `(a)=>`, and `let` for `const`: the sources have been read by then, and nothing that is constant is set."""
    bare = {
        n
        for n in range(len(words) - 3)
        if words[n] == "(" and words[n + 2 : n + 4] == [")", "=>"] and re.fullmatch(r"[A-Za-z_$][\w$]*", words[n + 1])
    }
    dropped = bare | {n + 2 for n in bare}
    return ["let" if word == "const" else word for n, word in enumerate(words) if n not in dropped]


def _joined(words: list[str]) -> Iterator[str]:
    """One `let a = 1, b = 2` for declarations that follow each other."""
    begun = [""]  # for each bracket that one is in: what the statement begins with
    after, skip = ";", False
    for n, word in enumerate(words):
        if skip:
            skip = False
            continue
        # after a brace an expression may go on: with a sign, never with a name
        if after in {";", "{"} or (after == "}" and re.match(r"[A-Za-z_$]", word)):
            begun[-1] = word
        after = word
        if word in {")", "]"} or (word[0] == "}" and len(begun) > 1):
            begun.pop()
        if word in {"(", "[", "{"} or word.endswith("${"):
            begun.append("")
        if word == ";" and begun[-1] == "let" and words[n + 1 : n + 2] == ["let"]:
            skip, after = True, ","
            yield ","
        else:
            yield word


def _close(words: Iterable[str]) -> str:
    """The words as one text, with room only where two would become one."""
    out: list[str] = []
    for word in words:
        if out and word == "}" and out[-1] in {";", ","}:
            out.pop()
        if out and word in {")", "]"} and out[-1] == ",":
            out.pop()
        last = out[-1][-1:] if out else ""
        if (re.match(r"[\w$]", word) and re.match(r"[\w$]", last)) or (word[0] in "+-" and last == word[0]):
            out.append(" ")
        out.append(word)
    return "".join(out)
