"""A browser without scripts: it reads the forms and links that a page offers, and sends nothing that the page didn't offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from django.test import Client
from django.utils.timezone import localtime

if TYPE_CHECKING:
    from cases.directory.models import User

CHOICES = {"radio", "checkbox", "select"}


@dataclass
class Control:
    """One name of a form: its kind, what it offers to choose from, and what is filled in now."""

    kind: str
    offered: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def give(self, name: str, value: Any) -> None:
        assert self.kind != "hidden", f"{name} is hidden: nobody can fill it in"
        if self.kind == "checkbox" and isinstance(value, bool):
            value = self.offered[:1] if value else []
        elif self.kind == "radio" and isinstance(value, bool):
            value = "yes" if value else "no"
        given = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
        self.values = given if self.kind == "file" else [_typed(one) for one in given]
        if self.kind in CHOICES:
            unknown = [one for one in self.values if one not in self.offered]
            assert not unknown, f"{name} offers {self.offered}, not {unknown}"


@dataclass
class Form:
    """A form of a page, as the page filled it in."""

    action: str
    method: str
    controls: dict[str, Control] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def fill(self, **said: Any) -> Form:
        """Give each field its value. Evidence is a mapping of kinds to files; rows are a list of mappings; a moment fills day and time."""
        for name, value in said.items():
            for control, one in self._spread(name, value):
                assert control in self.controls, f"no field {control} among {sorted(self.controls)}"
                self.controls[control].give(control, one)
        return self

    def _spread(self, name: str, value: Any) -> list[tuple[str, Any]]:
        if isinstance(value, datetime):
            moment = localtime(value)
            return [(f"{name}_0", moment.date()), (f"{name}_1", moment.strftime("%H:%M"))]
        if isinstance(value, Mapping):
            rows = enumerate(value.items())
            return [pair for n, (kind, upload) in rows for pair in ((f"{name}-{n}-kind", kind), (f"{name}-{n}", upload))]
        if isinstance(value, list) and value and isinstance(value[0], Mapping):
            return [(f"{name}-{n}-{part}", one) for n, row in enumerate(value) for part, one in row.items()]
        return [(name, value)]

    def data(self, press: str = "") -> dict[str, Any]:
        """What a browser would send, with the button named `name=value` pressed."""
        sent: dict[str, Any] = {name: list(control.values) for name, control in self.controls.items() if control.values}
        for control in self.controls.values():
            for upload in control.values if control.kind == "file" else ():
                upload.seek(0)  # the same paper may be sent again
        if press:
            name, _equals, value = press.partition("=")
            assert (name, value) in self.buttons, f"no button {press} among {self.buttons}"
            sent[name] = [value]
        return sent


@dataclass
class Page:
    """An answer, and what one can do on it."""

    address: str
    status: int
    text: str
    context: Any
    forms: list[Form]
    links: list[str]

    @property
    def form(self) -> Form:
        """The form that this page is for: the one with the token that makes it count once."""
        found = [form for form in self.forms if "submission" in form.controls]
        assert len(found) == 1, f"{len(found)} such forms on {self.address}"
        return found[0]

    def form_to(self, path: str) -> Form:
        """The form that goes to another address, such as a button's."""
        found = [form for form in self.forms if urlsplit(form.action).path == path]
        assert len(found) == 1, f"{len(found)} forms to {path} on {self.address}: {[form.action for form in self.forms]}"
        return found[0]

    def form_with(self, name: str) -> Form:
        """The form that has a field of this name."""
        found = [form for form in self.forms if name in form.controls]
        assert len(found) == 1, f"{len(found)} forms with {name} on {self.address}"
        return found[0]

    def offers(self, path: str) -> bool:
        """Whether a link of the page leads there, whatever follows the question mark."""
        return any(urlsplit(link).path == path for link in self.links)

    @property
    def problems(self) -> Any:
        """What the page's form says is wrong, for the words of a failed test."""
        form = self.context.get("form") if self.context else None
        return getattr(form, "errors", None)


class Browser:
    """One person's browser, with tokens against forged requests checked as in production."""

    def __init__(self, user: User | None) -> None:
        self.client = Client(enforce_csrf_checks=True)
        if user is not None:
            self.client.force_login(user)

    def open(self, address: str, *, status: int = 200) -> Page:
        return self._page(self.client.get(address, follow=True), address, status)

    def submit(self, page: Page, form: Form, *, press: str = "", status: int = 200) -> Page:
        """Send a form as its page has it, and follow to where that leads."""
        address = urljoin(page.address, form.action or page.address)
        send = self.client.post if form.method == "post" else self.client.get
        return self._page(send(address, form.data(press), follow=True), address, status)

    def follow(self, page: Page, path: str, *, status: int = 200) -> Page:
        """Open a page to which this one links."""
        assert page.offers(path), f"{page.address} has no link to {path}"
        return self.open(next(link for link in page.links if urlsplit(link).path == path), status=status)

    def _page(self, answer: Any, address: str, status: int) -> Page:
        if answer.redirect_chain:
            address = answer.redirect_chain[-1][0]
        is_text = not getattr(answer, "streaming", False)
        text = answer.content.decode() if is_text else ""
        reader = Reader()
        reader.feed(text)
        page = Page(address, answer.status_code, text, answer.context, reader.all_forms(), reader.links)
        assert page.status == status, f"{address}: {page.status} instead of {status}. {page.problems or text[:300]}"
        return page


class Reader(HTMLParser):
    """Collects the forms and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self._forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._elsewhere: list[tuple[str, str, dict[str, str]]] = []  # controls that name their form by its id
        self._open: Form | None = None
        self._select: Control | None = None
        self._text: Control | None = None

    def all_forms(self) -> list[Form]:
        for owner, tag, attrs in self._elsewhere:
            if owner in self._by_id:
                self._control(self._by_id[owner], tag, attrs)
        self._elsewhere = []
        return self._forms

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        elif tag == "form":
            self._open = Form(said.get("action", ""), said.get("method", "get").lower())
            self._forms.append(self._open)
            self._by_id[said.get("id", "")] = self._open
        elif tag == "option" and self._select is not None:
            self._option(self._select, said)
        elif tag in {"input", "select", "textarea", "button"} and said.get("name") and "disabled" not in said:
            if "form" in said:
                self._elsewhere.append((said["form"], tag, said))
            elif self._open is not None:
                self._control(self._open, tag, said)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            if self._select is not None and not self._select.values:
                self._select.values = self._select.offered[:1]
            self._select = None
        elif tag == "textarea":
            self._text = None

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.values = [(self._text.values[0] + data).lstrip("\n")]

    def _control(self, form: Form, tag: str, said: dict[str, str]) -> None:
        kind = said.get("type", "text") if tag == "input" else tag
        if kind in {"submit", "button"}:
            form.buttons.append((said["name"], said.get("value", "")))
            return
        control = form.controls.setdefault(said["name"], Control(kind))
        if kind in {"radio", "checkbox"}:
            control.offered.append(said.get("value", "on"))
            if "checked" in said:
                control.values.append(said.get("value", "on"))
        elif kind == "select":
            self._select = control
        elif kind == "textarea":
            control.values = [""]
            self._text = control
        elif kind != "file":
            control.values.append(said.get("value", ""))

    @staticmethod
    def _option(select: Control, said: dict[str, str]) -> None:
        select.offered.append(said.get("value", ""))
        if "selected" in said:
            select.values.append(said.get("value", ""))


def _typed(value: Any) -> str:
    """As a person types it, or as the page names it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(getattr(value, "pk", value))
