"""A child's name as lists on a phone show it to whoever looks over a shoulder: the surname and 某某."""

from typing import Final

# The surnames of two characters that are met in Hubei; every other is one.
DOUBLE: Final = frozenset(
    {
        "欧阳", "上官", "司马", "诸葛", "皇甫", "东方", "令狐", "尉迟", "公孙", "慕容", "司徒", "夏侯", "端木", "百里", "南宫", "宇文", "轩辕",
        "长孙", "申屠", "鲜于", "闻人", "澹台", "太史", "公冶",
    }
)  # fmt: skip
REST: Final = "某某"


def short(name: str) -> str:
    """欧阳明 → 欧阳某某, 李小红 → 李某某; of a name in letters the first letter."""
    name = name.strip()
    if not name:
        return ""
    return (name[:2] if name[:2] in DOUBLE and len(name) > 2 else name[:1]) + REST
