"""Invented people: names put together by chance, always the same ones, and identity numbers of a place that does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from cases.register.identity import check_digit

SURNAMES = "李向谭覃田黄张陈杨刘王周吴冉龙朱邓彭罗侯"
GIVEN_BOYS = ("志豪", "子轩", "浩然", "俊杰", "家明", "宇航", "立军", "天佑", "一鸣", "文博", "思远", "小龙", "国庆", "建平", "鑫")
GIVEN_GIRLS = ("雨欣", "思琪", "玥", "佳怡", "春燕", "梦瑶", "诗涵", "秀兰", "婷", "小芳", "雅琴", "珺", "欣妍", "晓霞", "静怡")
GIVEN_ADULTS = ("大勇", "桂香", "正明", "发英", "永华", "显珍", "光荣", "世英", "代兵", "德翠")
NOWHERE = "429900"  # no area of Hubei has this code, so no living person has these numbers


@dataclass(frozen=True)
class Child:
    name: str
    sex: str
    born_on: date
    id_number: str
    father: str
    mother: str
    phone: str


class Births:
    """Children one after another; the same seed gives the same children."""

    def __init__(self, today: date) -> None:
        self.random = Random(20260906)  # noqa: S311 (invented people, no secret)
        self.today = today
        self.serial = 0

    def child(self, *, grade: int) -> Child:
        """A child of the age of a grade (6 at the start of grade 1)."""
        random = self.random
        self.serial += 1
        girl = random.random() < 0.45
        surname = random.choice(SURNAMES)
        born_on = date(self.today.year - 6 - grade, 9, 1) + timedelta(days=random.randrange(30, 330))
        order = (self.serial * 2 + (0 if girl else 1)) % 1000
        first = f"{NOWHERE}{born_on:%Y%m%d}{order:03d}"
        return Child(
            name=surname + random.choice(GIVEN_GIRLS if girl else GIVEN_BOYS),
            sex="female" if girl else "male",
            born_on=born_on,
            id_number=first + check_digit(first),
            father=surname + random.choice(GIVEN_ADULTS),
            mother=random.choice(SURNAMES) + random.choice(GIVEN_ADULTS),
            phone=f"199{random.randrange(10**7, 10**8):08d}",
        )
