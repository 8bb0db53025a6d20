"""Secrets of gateways at rest: AES-256-GCM under the newest key of the ring KC_FIELD_KEYS.

What is sealed is bound to what it belongs to (kind and address), so that a token does not open for an address that somebody put in its place.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE = 12  # bytes


class CannotOpen(Exception):
    """The key is no longer in the ring, or the bytes were sealed for something else."""


def seal(text: str, belongs_to: str) -> bytes:
    """Key id, colon, nonce, sealed bytes."""
    name, key = next(iter(settings.KC_FIELD_KEYS.items()))
    nonce = os.urandom(NONCE)
    return name.encode() + b":" + nonce + AESGCM(key).encrypt(nonce, text.encode(), belongs_to.encode())


def unseal(sealed: bytes, belongs_to: str) -> str:
    """Raises CannotOpen."""
    name, _colon, rest = bytes(sealed).partition(b":")
    key = settings.KC_FIELD_KEYS.get(name.decode(errors="replace"))
    if key is None:
        raise CannotOpen("a key that is not in the ring")
    try:
        return AESGCM(key).decrypt(rest[:NONCE], rest[NONCE:], belongs_to.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise CannotOpen("sealed for something else") from error


def is_under_newest_key(sealed: bytes) -> bool:
    """Whether it was sealed with the first key of the ring, so that a rotation has nothing to do."""
    return bytes(sealed).partition(b":")[0].decode(errors="replace") == next(iter(settings.KC_FIELD_KEYS))
