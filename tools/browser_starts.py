"""Ends well if the browser that the tests would use can be started; else its error says why not."""

import os

from playwright.sync_api import sync_playwright

with sync_playwright() as playwright:
    playwright.chromium.launch(executable_path=os.environ.get("KC_BROWSER") or None, chromium_sandbox=os.geteuid() != 0).close()
