"""The shell: the same for everybody, with nobody's data, in one version."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.utils.translation import override

from cases.mobile import parts, shell
from cases.mobile.words import words
from tools import floor

pytestmark = pytest.mark.django_db

MOST, MOST_IN_ALL = 20_000, 32_000  # bytes, gzip


def test_whoever_opens_it_gets_the_shell_with_a_strict_policy_and_no_data(client: Client) -> None:
    answer = client.get("/m/")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-cache"
    assert answer["X-KC"] == shell.version()
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert not answer.cookies


def test_the_worker_is_asked_for_anew_each_time_and_keeps_what_is_there(client: Client) -> None:
    worker = client.get("/m/sw.js")
    assert worker["Cache-Control"] == "no-cache"
    assert json.dumps(shell.version()) in worker.content.decode()
    for address in (*shell.precached(), *shell.kept_later()):
        answer = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert (answer.status_code, answer["X-KC"], answer["Content-Encoding"]) == (200, shell.version(), "gzip"), address


def test_parts_never_change_under_their_address(client: Client) -> None:
    answer = client.get(f"/m/s/{shell.version()}/app.js")
    assert "immutable" in answer["Cache-Control"]
    assert client.get("/m/s/000000000000/app.js").status_code == 404


def test_the_worker_may_ask_for_the_language_of_the_account(client: Client) -> None:
    assert 'lang="en"' in client.get("/m/?language=en").content.decode()
    assert 'lang="zh-Hans"' in client.get("/m/?language=zh-hans").content.decode()
    assert client.get("/m/?language=xx").status_code == 200


def test_an_unchanged_shell_is_not_sent_again(client: Client) -> None:
    tag = client.get("/m/")["ETag"]
    assert client.get("/m/", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_shell_stays_light(language: str) -> None:
    with override(language):
        first, rest = sum(shell.weight().values()), sum(shell.weight_later().values())
    assert first <= MOST
    assert first + rest <= MOST_IN_ALL


def test_every_word_that_the_scripts_say_is_there() -> None:
    import re

    sources = "".join((parts.FILES / f"{name}.js").read_text(encoding="utf-8") for name in (*parts.SCRIPTS, *parts.SELDOM_SCRIPTS))
    asked = set(re.findall(r'\bsay\("([a-z_0-9]+)"[,)]', sources))
    assert not asked - set(words())


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("a.js", "last = list.at(-1);"),
        ("a.js", "const id = crypto.randomUUID();"),
        ("a.js", "  #secret = 1;"),
        ("a.js", "value ??= 3;"),
        ("a.js", "await start();"),
        ("a.css", ".a:has(b) { color: red; }"),
        ("a.css", ".a { display: flex; gap: 8px; }"),
        ("a.css", ".a { inset: 0; }"),
    ],
)
def test_what_is_above_the_floor_is_found(tmp_path: object, name: str, line: str) -> None:
    from pathlib import Path

    file = Path(str(tmp_path)) / name
    file.write_text(f"{line}\n")
    assert list(floor.above(file))


def test_the_pages_stay_on_the_floor() -> None:
    assert floor.main() == 0
