"""Files that browsers get: unchanged ones of others, and ours within what old browsers and the policy allow."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = [ROOT / name for name in ("project", "cases", "workflows", "notifications")]
TEMPLATES = [path for room in ROOMS for path in room.rglob("templates/**/*.html")]
STYLES = [path for room in ROOMS for path in room.rglob("static/**/*.css") if "vendor" not in path.parts]


def test_files_of_others_are_those_of_the_lock() -> None:
    subprocess.run([sys.executable, ROOT / "tools" / "vendor.py", "--check"], check=True)


def test_every_icon_that_a_page_asks_for_is_in_the_sprite() -> None:
    sprite = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "project/static/icons.svg").read_text()))
    asked = {
        (path.name, name)
        for path in TEMPLATES
        for names in re.findall(r'{% icon "([\w-]+)"|icon_name="([\w-]+)"|{% empty_state "([\w-]+)"', path.read_text())
        for name in names
        if name
    }
    assert {(page, name) for page, name in asked if name not in sprite} == set()


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_a_page_has_no_inline_style_and_no_inline_script(path: Any) -> None:
    text = path.read_text()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", text)
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_a_style_sheet_uses_nothing_newer_than_chromium_88(path: Any) -> None:
    rules = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r":has\(|oklch|color-mix|@container|@layer|\ddvh|subgrid", rules)
