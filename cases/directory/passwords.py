"""One-time passwords: read out over the telephone, typed once, then replaced by the person's own."""

import secrets
from typing import Final

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password

# no 0 O, 1 l I, 2 Z, 5 S: they are read aloud and typed from paper
_SIGNS: Final = "34679acdefghjkmnpqrtuvwxy"
_GROUPS, _LENGTH = 3, 4

# Stretching makes up for what people choose. These 55 random bits need little, and a list of a thousand people is hashed in seconds;
# at the log-in Django hashes anew at full strength.
_ITERATIONS: Final = 20_000


def one_time_password() -> str:
    """Twelve signs in three groups, such as "kf7m-hq3x-9ptd": about 55 bits."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(_GROUPS))


def hash_one_time(password: str) -> str:
    """The stored form of a one-time password; never for one that a person chose."""
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(password, hasher.salt(), iterations=_ITERATIONS)
    return make_password(password)
