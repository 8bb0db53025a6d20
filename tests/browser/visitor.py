"""One person's browser: logs in, goes to pages, and notices what the browser complains about."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Response, ViewportSize

PASSWORD = "gruener-Tee-7"
HEIGHT = {1440: 900, 390: 844}

# A page's own script may not see this: it runs before any of the page, through the debugger.
LISTEN = """
window.refusedByPolicy = [];
document.addEventListener('securitypolicyviolation', event => window.refusedByPolicy.push(event.violatedDirective + ' ' + event.blockedURI));
"""
# What sticks out at the right, the outermost first.
STICKING_OUT = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) return [];
  return Array.from(document.body.querySelectorAll('*'))
    .filter(one => one.getBoundingClientRect().right > wide + 1)
    .slice(0, 4)
    .map(one => one.tagName.toLowerCase() + '.' + Array.from(one.classList).join('.') + ' ends at ' + Math.round(one.getBoundingClientRect().right));
}"""
# What people see and what is read to them; codes are codes in every language.
WORDS = """() => {
  const codes = Array.from(document.querySelectorAll('code, kbd'));
  codes.forEach(one => one.hidden = true);
  const text = document.body.innerText;
  codes.forEach(one => one.hidden = false);
  return [document.title, text,
  ...Array.from(document.querySelectorAll('[aria-label]'), one => one.getAttribute('aria-label')),
  ...Array.from(document.querySelectorAll('[title]'), one => one.getAttribute('title')),
  ...Array.from(document.querySelectorAll('[placeholder]'), one => one.getAttribute('placeholder')),
  ...Array.from(document.querySelectorAll('[data-confirm]'), one => one.getAttribute('data-confirm')),
].join('\\n');
}"""


class Visitor:
    """Somebody in front of a screen `width` pixels wide, who reads `language`."""

    def __init__(self, browser: Browser, server: str, *, width: int, language: str, **context: Any) -> None:
        self.server = server
        size: ViewportSize = {"width": width, "height": HEIGHT.get(width, 900)}
        self.context = browser.new_context(viewport=size, locale="en-US" if language == "en" else "zh-CN", **context)
        self.context.set_default_timeout(30_000)  # for a machine with other work
        self.context.add_init_script(LISTEN)
        self.size = size
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("response", self._look_at)

    def _listen(self, said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"} and not said.text.startswith("Failed to load resource"):  # that is told with its address
            self.complaints.append(f"console: {said.text}")

    def _look_at(self, answer: Response) -> None:
        if answer.status >= 400:
            self.complaints.append(f"{answer.status} {urlsplit(answer.url).path}")

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def log_in(self, username: str) -> None:
        self.go("/login/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.click("form:has([name=password]) [type=submit]")
        self.page.wait_for_url(lambda address: urlsplit(address).path != "/login/")

    def go(self, address: str) -> None:
        self.page.set_viewport_size(self.size)
        self.page.goto(self.server + address)

    def faults(self) -> list[str]:
        """What the browser complained of since one last asked, what its policy refused, and what is wider than the screen."""
        said, self.complaints = self.complaints, []
        refused = [f"policy: {one}" for one in self.page.evaluate("window.refusedByPolicy")]
        return said + refused + [f"too wide: {one}" for one in self.page.evaluate(STICKING_OUT)]

    def unroll(self) -> None:
        """Makes the screen as high as the page, so that no bar that stays in place lies over what one would scroll to."""
        height = max(self.page.evaluate("document.documentElement.scrollHeight"), self.size["height"])
        self.page.set_viewport_size({"width": self.size["width"], "height": height})

    def words(self) -> str:
        """Everything that the page says, to eyes and to ears."""
        return str(self.page.evaluate(WORDS))
