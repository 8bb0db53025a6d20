"""One settings file: safe where real data is, and asking nothing where none is."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from project import environment

KEY = base64.urlsafe_b64encode(bytes(32)).decode()
PRODUCTION = {
    "DATABASE_URL": "postgresql://kc_app:a%20b@db.example:5433/kc?sslmode=require",
    "REDIS_URL": "redis://redis:6379/0",
    "KC_SECRET_KEY": "x" * 60,
    "KC_FIELD_KEYS": f"2:{KEY},1:{KEY}",
    "KC_HASH_KEY": KEY,
}


def read(expression: str, data: Path, given: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What a fresh process with these variables, and no others of ours, says to `expression`."""
    ours = ("KC_", "DATABASE_", "REDIS_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return subprocess.run(
        [sys.executable, "-c", f"from project import settings; print({expression})"],
        cwd=settings.BASE_DIR,
        env={**environment, "KC_DATA_DIR": str(data), **given},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("missing", ["REDIS_URL", "KC_SECRET_KEY", "KC_FIELD_KEYS", "KC_HASH_KEY"])
def test_with_a_database_of_its_own_every_secret_must_be_given_and_the_missing_one_is_named(missing: str, tmp_path: Path) -> None:
    assert read("settings.EMBEDDED", tmp_path, PRODUCTION).stdout.strip() == "False"

    refused = read("settings.EMBEDDED", tmp_path, {name: value for name, value in PRODUCTION.items() if name != missing})
    assert refused.returncode != 0
    assert f"{missing} is not set" in refused.stderr
    assert not (tmp_path / "secrets").exists()


def test_a_secret_may_come_from_a_mounted_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("from a file\n")
    given = {**PRODUCTION, "KC_SECRET_KEY": "", "KC_SECRET_KEY_FILE": str(tmp_path / "key")}
    assert read("settings.SECRET_KEY", tmp_path, given).stdout.strip() == "from a file"


def test_the_demo_is_refused_beside_a_real_database_and_answers_on_this_machine_alone(tmp_path: Path) -> None:
    refused = read("1", tmp_path, {**PRODUCTION, "KC_DEMO": "1"})
    assert "KC_DEMO is refused" in refused.stderr

    demo = read("settings.ALLOWED_HOSTS", tmp_path, {"KC_DEMO": "1", "KC_ALLOWED_HOSTS": "example.org"})
    assert demo.stdout.strip() == "['127.0.0.1', 'localhost', '[::1]']"


def test_the_embedded_default_makes_its_secrets_once(tmp_path: Path) -> None:
    first = read("settings.SECRET_KEY", tmp_path, {}).stdout
    assert len(first.strip()) > 50
    assert read("settings.SECRET_KEY", tmp_path, {}).stdout == first
    assert (tmp_path / "secrets").stat().st_mode & 0o777 == 0o600


def test_only_the_owner_migrates_and_only_by_its_own_address(tmp_path: Path) -> None:
    assert read("settings.DATABASES['default']['USER']", tmp_path, PRODUCTION).stdout.strip() == "kc_app"
    assert "DATABASE_OWNER_URL is not set" in read("1", tmp_path, {**PRODUCTION, "KC_DATABASE_ROLE": "owner"}).stderr

    owner = {**PRODUCTION, "KC_DATABASE_ROLE": "owner", "DATABASE_OWNER_URL": "postgresql://kc_owner:x@db.example/kc"}
    assert read("settings.DATABASES['default']['USER']", tmp_path, owner).stdout.strip() == "kc_owner"


def test_cookies_travel_encrypted_wherever_real_data_is(tmp_path: Path) -> None:
    question = "(settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS > 0)"
    assert read(question, tmp_path, PRODUCTION).stdout.strip() == "(True, True, True)"
    assert read(question, tmp_path, {}).stdout.strip() == "(False, False, False)"


def test_an_address_is_read_with_its_password_and_options() -> None:
    assert environment.database(PRODUCTION["DATABASE_URL"]) == {
        "NAME": "kc",
        "USER": "kc_app",
        "PASSWORD": "a b",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }
    with pytest.raises(ImproperlyConfigured):
        environment.database("mysql://somewhere/kc")


def test_a_key_ring_keeps_its_order_and_refuses_what_is_no_key() -> None:
    assert list(environment.key_ring(f"2:{KEY}, 1:{KEY}")) == ["2", "1"]
    for wrong in ("", "no-key", f"1:{KEY},1:{KEY}", "1:c2hvcnQ=", "1:%%%"):
        with pytest.raises(ImproperlyConfigured):
            environment.key_ring(wrong)


def test_an_installation_makes_its_secrets_once_and_tells_the_product_nothing_of_the_owner(tmp_path: Path) -> None:
    from project.deploy.make_secrets import make

    make(tmp_path)
    before = {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()}
    make(tmp_path)
    assert {path: path.read_text() for path in tmp_path.rglob("*") if path.is_file()} == before

    owner = (tmp_path / "database" / "kc_owner").read_text()
    assert owner in (tmp_path / "owner" / "DATABASE_OWNER_URL").read_text()
    assert all(owner not in path.read_text() for path in (tmp_path / "app").iterdir())
    given = {f"{path.name}_FILE": str(path) for path in (tmp_path / "app").iterdir()}
    assert read("settings.EMBEDDED", tmp_path, {**given, "REDIS_URL": "redis://redis:6379/0"}).stdout.strip() == "False"
