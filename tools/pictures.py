"""The pictures of the README, out of a running demo.

PORT=8123 make demo                                    in one terminal
.venv/bin/python tools/pictures.py http://127.0.0.1:8123   in another
"""

import io
import math
import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PASSWORD = "demo-2026"
Colour = tuple[int, int, int]
MOST = 250_000  # bytes of a picture; whoever clones the repository carries them all
DESK, PHONE = (1440, 900), (390, 844)


def inbox(page: Page, base: str) -> None:
    page.goto(f"{base}/tasks/")


def case(page: Page, base: str) -> None:
    """A child on the ledger, the most urgent first."""
    page.goto(f"{base}/cases/?tab=ledger")
    page.click(".kc-table__link >> nth=0")
    page.wait_for_selector(".kc-lanes")


def queue(page: Page, base: str) -> None:
    page.goto(f"{base}/queue/")
    page.wait_for_selector("[data-preview-part]")


def ledger(page: Page, base: str) -> None:
    page.goto(f"{base}/ledger/")


def visit(page: Page, base: str) -> None:
    page.goto(f"{base}/tasks/")
    page.click(".kc-inbox .kc-table__link:text-matches('首访|劝返') >> nth=0")
    page.wait_for_selector("[name=visit_id]", state="attached")
    for answer in ("child", "grandparent"):
        page.tap(f".kc-tile:has([name=met][value={answer}])")
    page.evaluate("document.activeElement.blur()")
    page.evaluate("scrollTo(0, document.querySelector('fieldset:has([name=mode])').getBoundingClientRect().top + scrollY - 76)")


PICTURES: dict[str, tuple[str, tuple[int, int], Callable[[Page, str], None]]] = {
    "inbox": ("teacher", DESK, inbox),
    "case": ("county", DESK, case),
    "queue": ("county", DESK, queue),
    "ledger": ("county", DESK, ledger),
    "visit-phone": ("teacher", PHONE, visit),
}


def take(browser: Browser, base: str, name: str) -> bytes:
    """Log in as the account that sees it, go there, and take the screen as it is."""
    username, (width, height), go = PICTURES[name]
    phone = width == PHONE[0]
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", is_mobile=phone, has_touch=phone, device_scale_factor=2 if phone else 1
    )
    page = context.new_page()
    page.goto(f"{base}/login/")
    page.fill("[name=username]", username)
    page.fill("[name=password]", PASSWORD)
    page.click("form:has([name=password]) [type=submit]")
    page.wait_for_selector(".kc-shell")
    go(page, base)
    page.wait_for_load_state("networkidle")
    taken = page.screenshot(animations="disabled")
    context.close()
    return taken


def small(picture: bytes) -> bytes:
    """The same in its 256 most frequent colours: flat surfaces stay exactly as they are, which Pillow's own way of quantizing does not promise."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    data = image.tobytes()
    pixels: list[Colour] = [(data[at], data[at + 1], data[at + 2]) for at in range(0, len(data), 3)]
    palette = [colour for colour, _count in Counter(pixels).most_common(256)]
    place = {colour: number for number, colour in enumerate(palette)}
    for colour in set(pixels) - place.keys():
        place[colour] = min(range(len(palette)), key=lambda number: math.dist(colour, palette[number]))
    flat = Image.frombytes("P", image.size, bytes(place[pixel] for pixel in pixels))
    flat.putpalette([value for colour in palette for value in colour])
    made = io.BytesIO()
    flat.save(made, "PNG", optimize=True)
    return made.getvalue()


def main(base: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    program = os.environ.get("KC_BROWSER") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, chromium_sandbox=os.geteuid() != 0, args=["--lang=zh-CN"])
        for name in PICTURES:
            picture = small(take(browser, base.rstrip("/"), name))
            if len(picture) > MOST:
                sys.exit(f"{name}: {len(picture)} bytes")
            (FOLDER / f"{name}.png").write_bytes(picture)
            print(f"docs/pictures/{name}.png  {len(picture) // 1000} kB")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
