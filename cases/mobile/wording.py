"""The keys of the words that the phone's scripts say: which script says which, and numbers in the place of keys."""

from __future__ import annotations

from collections.abc import Iterable

from cases.mobile.tokens import tokens

Tokens = list[tuple[str, str]]
COMPARED = frozenset({"===", "!==", "==", "!="})


def renamed_keys(found: Tokens, keys: dict[str, str]) -> Tokens:
    """The tokens with `say(7)` for `say("a_long_key")`."""
    said = _said(found) if keys else frozenset()
    return [("number", keys[text[1:-1]]) if n in said and text[1:-1] in keys else (kind, text) for n, (kind, text) in enumerate(found)]


def short_keys(keys: Iterable[str], sources: Iterable[str]) -> dict[str, str]:
    """A number, from 0 and in the order of the keys, for each word that is said only as it stands: `say("key", …)`.

    A key that is written anywhere else, or that may be put together (`say("state_" + why)`), stays as it is.
    """
    keys = list(keys)
    known = set(keys)
    heard: set[str] = set()
    kept: set[str] = set()
    for source in sources:
        found = list(tokens(source))
        said = _said(found)
        texts = {n: text[1:-1] for n, (kind, text) in enumerate(found) if kind == "string"}
        heard |= {text for n, text in texts.items() if n in said and text in known}
        kept |= {text for n, text in texts.items() if n not in said}
        kept |= {key for n, text in texts.items() if n in said and text and text not in known for key in known if key.startswith(text)}
    return {key: str(number) for number, key in enumerate(key for key in keys if key in heard - kept)}


def spoken(keys: Iterable[str], source: str) -> set[str]:
    """Which of the keys a script may say: those that it spells, and those that it may put together."""
    found = list(tokens(source))
    said = _said(found)
    texts = [(text[1:-1], n in said) for n, (kind, text) in enumerate(found) if kind == "string"]
    return {key for key in keys for text, inside in texts if key == text or (inside and text.endswith("_") and key.startswith(text))}


def _said(found: Tokens) -> frozenset[int]:
    """Where the texts stand that may be the key of a `say(…)`."""
    places: set[int] = set()
    for n in range(len(found) - 1):
        if found[n] != ("word", "say") or found[n + 1][1] != "(":
            continue
        level = 0
        for m in range(n + 1, len(found)):
            kind, text = found[m]
            if kind == "sign":
                level += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(text, 0)
                if level == 0 or (level == 1 and text == ","):
                    break
            elif kind == "string" and not COMPARED & {found[m - 1][1], found[m + 1][1]}:
                places.add(m)
    return frozenset(places)
