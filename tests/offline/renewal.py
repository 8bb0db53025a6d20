"""A new version of the pages, published while phones have the old one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpResponseBase

from cases.mobile import shell
from tests.offline.handset import Handset

NEW = "0123456789ab"
UPDATE = "navigator.serviceWorker.getRegistration().then(registered => registered.update()).then(() => true)"
WAITS = "navigator.serviceWorker.getRegistration().then(registered => Boolean(registered && registered.waiting))"


def publish(patch: pytest.MonkeyPatch) -> None:
    """From now on the server has the pages under another version; what it had before is gone."""
    old = shell.version()
    ask: Callable[[WSGIHandler, WSGIRequest], HttpResponseBase] = WSGIHandler.get_response

    def answer(handler: WSGIHandler, request: WSGIRequest) -> HttpResponseBase:
        request.path_info = request.path_info.replace(old, "gone").replace(NEW, old)
        return ask(handler, request)

    patch.setattr(shell, "version", lambda: NEW)
    patch.setattr(WSGIHandler, "get_response", answer)


def version_of(handset: Handset) -> str:
    """The version that the window shows."""
    found: str = handset.page.evaluate("JSON.parse(document.getElementById('about').textContent).version")
    return found


def leave_alone(handset: Handset, seconds: int) -> None:
    """Nobody touches the page for so long; its clock (page.clock) has been put in before."""
    handset.page.clock.fast_forward(seconds * 1000)


def has_new(handset: Handset) -> bool:
    try:
        return version_of(handset) == NEW
    except Exception as error:
        if "navigation" in str(error) or "closed" in str(error):
            return False
        raise
