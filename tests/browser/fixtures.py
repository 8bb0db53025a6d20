"""One browser for all tests that want one: two at a time in one process Playwright does not allow."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright


def program() -> str | None:
    """The browser's program: KC_BROWSER names it; empty means Playwright's own."""
    return os.environ.get("KC_BROWSER", shutil.which("chromium") or "") or None


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright's loop makes Django think that the test is asynchronous; it is not.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield playwright


@pytest.fixture(scope="session")
def chromium(driver: Playwright) -> Iterator[Browser]:
    browser = driver.chromium.launch(executable_path=program(), chromium_sandbox=os.geteuid() != 0)
    yield browser
    browser.close()
