"""Reading the environment: what is set, what must be set, and the secrets that the embedded default makes for itself."""

import base64
import os
import secrets
from pathlib import Path
from typing import TypedDict
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


class Connection(TypedDict):
    """The part of a Django database setting that an address says."""

    NAME: str
    USER: str
    PASSWORD: str
    HOST: str
    PORT: str
    OPTIONS: dict[str, str]


TRUE = {"1", "true", "yes", "on"}


def flag(name: str, default: bool = False) -> bool:
    """Whether the variable says yes."""
    return os.environ.get(name, str(int(default))).strip().lower() in TRUE


def words(name: str, default: str = "") -> list[str]:
    """The variable's words, separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def given(name: str) -> bool:
    """Whether the variable, or a file for it (NAME_FILE), is set."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def required(name: str, why: str) -> str:
    """The variable's value, or that of the file that <name>_FILE points at (a mounted secret)."""
    value = os.environ.get(name, "").strip()
    path = os.environ.get(f"{name}_FILE", "").strip()
    if not value and path:
        try:
            value = Path(path).read_text().strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE points at {path}, which cannot be read: {error.strerror}.") from error
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: {why}. See .env.example.")
    return value


def database(url: str) -> Connection:
    """What Django calls a connection, out of postgresql://user:password@host:port/name?option=value."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured("A database address looks like postgresql://user:password@host:5432/name.")
    options = dict(parse_qsl(parts.query))
    return {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def key_ring(text: str) -> dict[str, bytes]:
    """Keys by their id, the newest first, out of "2026b:base64,2026a:base64"; each key is 32 bytes."""
    ring: dict[str, bytes] = {}
    for item in text.split(","):
        name, separator, encoded = item.strip().partition(":")
        if not separator or not name or name in ring:
            raise ImproperlyConfigured("KC_FIELD_KEYS is a list of id:key, the newest first, each id once.")
        ring[name] = key(encoded, "KC_FIELD_KEYS")
    return ring


def key(encoded: str, name: str) -> bytes:
    """The 32 bytes of a key in base64, of either alphabet. Raises ImproperlyConfigured, which names the variable and never its value."""
    try:
        value = base64.urlsafe_b64decode(encoded.strip().replace("+", "-").replace("/", "_"))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} holds a key that is not base64.") from error
    if len(value) != 32:
        raise ImproperlyConfigured(f"{name} holds a key of {len(value)} bytes; it takes 32.")
    return value


def new_key() -> str:
    """32 bytes from the machine's source of chance, in base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def new_secrets() -> dict[str, str]:
    """A first value for each secret that the product needs."""
    return {
        "KC_SECRET_KEY": secrets.token_urlsafe(48),
        "KC_FIELD_KEYS": f"1:{new_key()}",
        "KC_HASH_KEY": new_key(),
    }


def kept_secrets(path: Path) -> dict[str, str]:
    """The secrets in this file, made at random the first time; readable by its owner alone.

    The file appears whole or not at all, so two processes that start together agree on one set.
    """
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in new_secrets().items())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
