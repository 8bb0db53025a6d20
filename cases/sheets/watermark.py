"""Who took a list out, and when: in the head and the foot of each printed page, and behind the cells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.utils import timezone
from PIL import Image, ImageDraw

PAPER, INK = "white", (226, 230, 236)


@dataclass(frozen=True)
class Mark:
    """The person's name and account, and the moment."""

    name: str
    username: str
    at: datetime

    @property
    def words(self) -> str:
        return f"{self.name}（{self.username}）{self._moment} 导出"

    @property
    def _moment(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M}"

    def stamp(self, page: Any) -> None:
        """Put the mark on an XlsxWriter page. An ampersand in a name is no code of the header."""
        words = self.words.replace("&", "&&")
        page.set_header(f"&L&K808080{words}&R&K808080内部资料　注意保密")
        page.set_footer(f"&L&K808080{words}&C&P / &N")
        page.set_background(BytesIO(_picture(f"{self.username} {self._moment}")))


def _picture(words: str) -> bytes:
    """A light picture that repeats behind the cells."""
    picture = Image.new("RGB", (420, 220), PAPER)
    ImageDraw.Draw(picture).text((20, 90), words, fill=INK)
    found = BytesIO()
    picture.rotate(20, fillcolor=PAPER).save(found, "PNG")
    return found.getvalue()
