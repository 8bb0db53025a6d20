"""The style sheets of the phone pages as they travel."""

from __future__ import annotations

import re
from collections import Counter
from string import ascii_letters


def pack_sheet(source: str, variables: dict[str, str]) -> str:
    """A style sheet without comments, without the room around its signs, and with the short names of its variables."""
    source = re.sub(r"/\*.*?\*/", "", source, flags=re.DOTALL)
    source = re.sub(r"\s+", " ", source)
    source = re.sub(r"\s*([{};,>])\s*", r"\1", source).replace(": ", ":").replace(";}", "}").strip()
    return re.sub(r"(?<=[{;(])--[a-z][a-z0-9-]*", lambda match: variables.get(match[0], match[0]), source)


def short_variables(sheet: str) -> dict[str, str]:
    """A short name for each variable of the sheet, the most frequent first; sheets beside it say the same."""
    names = Counter(re.findall(r"(?<=[\s(])--[a-z][a-z0-9-]*", sheet))
    return {name: f"--{letter}" for (name, _times), letter in zip(names.most_common(), ascii_letters, strict=False)}
