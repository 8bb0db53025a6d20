"""A phone as the server sees it: what it asks, in the order in which it asks it, over HTTP."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.test import Client

from tests.cast import NOON
from tests.paper import photo

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

MADE_AT = NOON + timedelta(hours=3)

FIELDS: dict[str, Any] = {
    "mode": "home",
    "met": ["child", "grandparent"],
    "whereabouts": "at_home",
    "reason": "study_difficulty",
    "outcome": "hesitant",
    "account": "孩子说跟不上数学，奶奶希望他读书。",
    "lines": False,
    "danger": False,
    "companions": "",
    "reason_text": "",
    "promised_on": "",
    "danger_kind": "",
}


def picture(number: int = 0) -> bytes:
    """A photo; two of equal number have equal bytes."""
    from io import BytesIO

    from PIL import Image

    data = BytesIO()
    Image.new("RGB", (64, 48), (30 + number, 90, 160)).save(data, "JPEG")
    return data.getvalue()


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass
class Record:
    """A visit as the phone keeps it: frozen when it was submitted."""

    case: int
    at: datetime = MADE_AT
    fields: dict[str, Any] = field(default_factory=lambda: dict(FIELDS))
    photos: dict[UUID, bytes] = field(default_factory=dict)
    id: UUID = field(default_factory=uuid4)
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        return {
            "case": self.case,
            "occurred_at": self.at.isoformat(),
            "client_time": self.at.isoformat(),
            "offset_ms": 0,
            "fields": self.fields,
            "position": {"lat": 31.34567, "lon": 110.74321, "accuracy": 12.5},
            "corrects": None,
            "task": None,
            "photos": [{"id": str(key), "sha256": sha(data), "size": len(data)} for key, data in self.photos.items()],
        } | self.more


class Phone:
    """The browser of one person on one device; `owner` may be set to lie about whose record it is."""

    def __init__(self, user: User | None, *, checks: bool = False) -> None:
        self.device = uuid4()
        self.client = Client(enforce_csrf_checks=checks, raise_request_exception=False)
        self.user, self.csrf = user, ""
        self.owner = str(user.pk) if user else ""
        if user:
            self.client.force_login(user)

    def ask(self, method: str, path: str, said: Any = None, *, data: bytes | None = None, **headers: str) -> Any:
        more = {f"HTTP_{name.upper()}": value for name, value in headers.items()}
        content = data if data is not None else b"" if said is None else json.dumps(said).encode()
        kind = "application/octet-stream" if data is not None else "application/json"
        given: dict[str, Any] = {"HTTP_X_OWNER": self.owner, "HTTP_X_CSRFTOKEN": self.csrf, "HTTP_X_DEVICE": str(self.device)} | more
        return self.client.generic(method, f"/m/api/{path}", content, kind, **given)

    def session(self) -> Any:
        answer = self.ask("GET", f"session?device={self.device}")
        if answer.status_code == 200:
            self.csrf = answer.json()["csrf"]
        return answer

    def enrol(self) -> Any:
        """A PIN was chosen: half of the key goes to the server, and a token comes back."""
        self.session()
        return self.ask("PUT", f"devices/{self.device}/share", {"share": b64encode(b"k" * 32).decode()})

    def lose_session(self) -> None:
        """Half an hour has gone by; the token stays."""
        del self.client.cookies["kc_session"]

    def worklist(self, **headers: Any) -> Any:
        return self.ask("GET", f"worklist?device={self.device}", **headers)

    def put(self, record: Record) -> Any:
        return self.ask("PUT", f"visits/{record.id}", record.body)

    def send_photo(self, record: Record, key: UUID, data: bytes | None = None, **headers: str) -> Any:
        sent = record.photos[key] if data is None else data
        named: dict[str, Any] = {"x_sha256": sha(record.photos[key])} | headers
        return self.ask("PUT", f"visits/{record.id}/photos/{key}", data=sent, **named)

    def finish(self, record: Record) -> Any:
        return self.ask("POST", f"visits/{record.id}/finish")

    def send(self, record: Record) -> Any:
        """Everything in order, as far as it goes; the last answer."""
        answer = self.put(record)
        for key in record.photos:
            if answer.status_code == 200:
                answer = self.send_photo(record, key)
        return self.finish(record) if answer.status_code == 200 else answer


def record_of(case: Case, *, photos: int = 0, at: datetime = MADE_AT, more: dict[str, Any] | None = None, **fields: Any) -> Record:
    made = Record(case.pk, at=at, fields=FIELDS | fields, more=more or {})
    made.photos = {uuid4(): picture(number) for number in range(photos)}
    return made


__all__ = ["FIELDS", "MADE_AT", "Phone", "Record", "photo", "picture", "record_of", "sha"]
