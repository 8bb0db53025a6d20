"""What a phone says about a visit, read with suspicion: everything has its type and its bounds before anything is done about it."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.datastructures import MultiValueDict
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware, localtime
from django.utils.translation import gettext as _

from cases.visits.receiving import NoPosition
from cases.visits.reception import Position
from cases.visits.rules import MOST_PHOTOS

# The names of VisitForm that the phone fills in; the others stand beside them in the body.
FIELDS = frozenset(
    {
        "mode", "lines", "companions", "met", "whereabouts", "reason", "reason_text", "outcome", "promised_on", "account", "danger", "danger_kind",
    }
)  # fmt: skip
FRESH = ("client_time", "offset_ms")  # a phone may say these anew with each try
SHA256 = re.compile(r"[0-9a-fA-F]{64}")
LONGEST = 4000  # signs of one field
CENTURY = 100 * 365 * 24 * 3600 * 1000  # milliseconds


class BadBody(Exception):
    """`fields`: what is wrong, in words, by the names that the phone used."""

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


@dataclass(frozen=True)
class Photo:
    id: UUID
    sha256: str
    size: int


@dataclass(frozen=True)
class Body:
    """`said` is what is kept until the visit is on record, `sha256` its fingerprint without what may be said anew."""

    said: dict[str, Any]
    sha256: str
    case: int
    occurred_at: datetime
    saved_at: datetime | None
    clock_ms: int | None
    position: Position
    corrects: UUID | None
    photos: tuple[Photo, ...]
    fields: dict[str, Any]

    @classmethod
    def read(cls, said: object) -> Body:
        """Raises BadBody."""
        if not isinstance(said, dict):
            raise BadBody({"": [_("This cannot be read.")]})
        frozen = {name: value for name, value in said.items() if name not in FRESH}
        body = cls(
            said={},
            sha256=fingerprint(frozen),
            case=_number(said.get("case"), "case"),
            occurred_at=_moment(said.get("occurred_at"), "occurred_at"),
            saved_at=_moment(said["client_time"], "client_time") if said.get("client_time") else None,
            clock_ms=_number(said["offset_ms"], "offset_ms", least=-CENTURY, most=CENTURY) if said.get("offset_ms") is not None else None,
            position=_position(said.get("position")),
            corrects=uuid(said["corrects"], "corrects") if said.get("corrects") else None,
            photos=_photos(said.get("photos") or []),
            fields=_fields(said.get("fields")),
        )
        return replace(body, said=body._kept())

    def _kept(self) -> dict[str, Any]:
        """What was understood, and nothing else that somebody may have put beside it."""
        place = self.position
        known = {"lat": place.latitude, "lon": place.longitude, "accuracy": place.accuracy or 0} if place.latitude is not None else None
        return {
            "case": self.case,
            "occurred_at": self.occurred_at.isoformat(),
            "client_time": self.saved_at.isoformat() if self.saved_at else None,
            "offset_ms": self.clock_ms,
            "fields": self.fields,
            "position": known or ({"why_not": place.why_not} if place.why_not else None),
            "corrects": str(self.corrects) if self.corrects else None,
            "photos": [{"id": str(photo.id), "sha256": photo.sha256, "size": photo.size} for photo in self.photos],
        }

    def form_data(self, visit_id: UUID, occurred_at: datetime) -> MultiValueDict[str, Any]:
        """What the form of the page would have sent."""
        local = localtime(occurred_at)
        data: MultiValueDict[str, Any] = MultiValueDict({"visit_id": [str(visit_id)]})
        data["occurred_at_0"], data["occurred_at_1"] = local.strftime("%Y-%m-%d"), local.strftime("%H:%M:%S")
        for name, value in self.fields.items():
            if isinstance(value, list):
                data.setlist(name, value)
            elif not isinstance(value, bool) or value:
                data[name] = value
        return data


def fingerprint(said: dict[str, Any]) -> str:
    """Of everything that was said, in whatever order its names came."""
    canonical = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode(errors="surrogatepass")).hexdigest()


def uuid(value: object, field: str) -> UUID:
    """Raises BadBody."""
    try:
        return UUID(str(value))
    except ValueError as error:
        raise BadBody({field: [_("This cannot be read.")]}) from error


def _number(value: object, field: str, *, least: int = 1, most: int = 2**62) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 20:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise BadBody({field: [_("This cannot be read.")]})
    return value


def _moment(value: object, field: str) -> datetime:
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or not is_aware(found) or not 2000 <= found.year <= 2200:
        raise BadBody({field: [_("Please say when, with the day and the time.")]})
    return found


def _position(value: object) -> Position:
    if value is None:
        return Position()
    if not isinstance(value, dict):
        raise BadBody({"position": [_("This cannot be read.")]})
    if "why_not" in value:
        code = value["why_not"]
        return Position(why_not=code if code in NoPosition.values else NoPosition.UNAVAILABLE)
    numbers: list[Any] = [value.get(name) for name in ("lat", "lon", "accuracy")]
    if any(isinstance(number, bool) or not isinstance(number, int | float) for number in numbers):
        raise BadBody({"position": [_("This cannot be read.")]})
    latitude, longitude, accuracy = numbers
    # before anything is made of them: a whole number in JSON may have hundreds of digits
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and 0 <= accuracy <= 40_000_000):
        return Position(why_not=NoPosition.UNAVAILABLE)
    return Position(float(latitude), float(longitude), round(accuracy))


def _photos(value: object) -> tuple[Photo, ...]:
    bad = BadBody({"photos": [_("This cannot be read.")]})
    if not isinstance(value, list):
        raise bad
    if len(value) > MOST_PHOTOS:
        raise BadBody({"photos": [_("At most %(limit)d photos.") % {"limit": MOST_PHOTOS}]})
    found = []
    for row in value:
        if not isinstance(row, dict) or not SHA256.fullmatch(str(row.get("sha256"))):
            raise bad
        found.append(Photo(uuid(row.get("id"), "photos"), str(row["sha256"]).lower(), _number(row.get("size"), "photos")))
    if len({photo.id for photo in found}) < len(found):
        raise bad
    return tuple(found)


def _fields(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadBody({"": [_("This cannot be read.")]})
    found = {}
    for name in FIELDS & value.keys():
        said = value[name]
        texts = said if isinstance(said, list) else [said]
        if not all(isinstance(text, str) and len(text) <= LONGEST for text in texts) and not isinstance(said, bool) and said is not None:
            raise BadBody({name: [_("This cannot be read.")]})
        if said is not None:
            found[name] = said
    return found
