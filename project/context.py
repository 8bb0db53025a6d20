"""What every page's frame needs; worked out only if the page has a frame."""

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import gettext as _

from cases.directory.models import User
from project import navigation, viewer

MANY = 99


class Shell:
    """The frame of one page for one person."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        # A request that is refused early, before the middleware of accounts, has nobody.
        self.user: User | AnonymousUser = getattr(request, "user", None) or AnonymousUser()

    @property
    def brand(self) -> str:
        return _("Dropout prevention")

    @property
    def demo(self) -> bool:
        return bool(settings.DEMO)

    @cached_property
    def viewer(self) -> viewer.Viewer:
        return viewer.look(self.user)

    @cached_property
    def counts(self) -> dict[str, int]:
        return viewer.count(self.user)

    @property
    def name(self) -> str:
        return self.viewer.name

    @property
    def post(self) -> str:
        return self.viewer.post

    @property
    def place(self) -> str:
        return self.viewer.place

    @property
    def unread(self) -> int:
        return self.counts.get("unread", 0)

    @property
    def unread_short(self) -> str:
        """As the bell shows it; its label says the same."""
        return f"{MANY}+" if self.unread > MANY else str(self.unread)

    @property
    def today(self) -> date:
        return timezone.localdate()

    @cached_property
    def nav(self) -> list[navigation.ItemGroup]:
        if not self.user.is_authenticated:
            return []
        return navigation.build(self.viewer, self.request.path, self.counts)

    @property
    def tabs(self) -> list[navigation.Item]:
        return [item for group in self.nav for item in group.items if item.tab][:4]

    @property
    def search_url(self) -> str:
        return navigation.find(navigation.SEARCH) if self.user.is_authenticated else ""

    @property
    def notifications_url(self) -> str:
        return navigation.find(navigation.NOTIFICATIONS) if self.user.is_authenticated else ""

    @property
    def logout_url(self) -> str:
        return navigation.find("logout")

    @property
    def account_links(self) -> list[dict[str, Any]]:
        return [{"label": entry.label, "icon": entry.icon, "url": url} for entry in navigation.ACCOUNT if (url := navigation.find(entry.address))]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `shell` and `nav`."""
    frame = Shell(request)
    return {"shell": frame, "nav": SimpleLazyObject(lambda: frame.nav)}
