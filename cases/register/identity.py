"""Identity numbers (GB 11643): checked, encrypted with a key ring, found by a keyed hash, never stored or logged in clear."""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils.translation import gettext as _

from cases.journal import plainwords
from cases.journal.plainwords import CHECK_DIGITS
from cases.register.locking import Refused
from cases.register.models import Sex

if TYPE_CHECKING:
    from cases.register.models import Student

check_digit = plainwords.check_digit
# sixteen to eighteen digits in a row, spaces and hyphens between them included: no name, no case number
LIKE = re.compile(r"(?:\d[\s-]?){15,17}[\dXx]")
NONCE = 12  # bytes


class BadIdentity(Refused):
    """The number cannot be somebody's identity number, or is not this child's."""


class UnknownKey(Exception):
    """The number was encrypted with a key that is no longer in the ring, or its bytes were changed."""


def normalise(number: str) -> str:
    """Without spaces and hyphens, full-width digits made plain, a final x made X."""
    return "".join(unicodedata.normalize("NFKC", number).split()).replace("-", "").upper()


def looks_like_identity(words: str) -> bool:
    """Whether somebody typed an identity number, perhaps a wrong one: such words stand in no address, no log and no saved filter."""
    return bool(LIKE.search(unicodedata.normalize("NFKC", words)))


def check(number: str, *, born_on: date | None = None, sex: str = "") -> str:
    """The number in its normal form. Raises BadIdentity, which says what is wrong; the number itself is never in the words."""
    number = normalise(number)
    if len(number) != 18:
        raise BadIdentity(_("An identity number has 18 characters; this one has %(count)s.") % {"count": len(number)})
    if not (number[:17].isascii() and number[:17].isdigit()) or number[17] not in CHECK_DIGITS:
        raise BadIdentity(_("An identity number is 17 digits and a check digit (0 to 9 or X)."))
    if check_digit(number[:17]) != number[17]:
        raise BadIdentity(_("The check digit is wrong: please compare the number with the household register, digit by digit."))
    birthday = born(number)
    if born_on and birthday != born_on:
        raise BadIdentity(
            _("The number says the child was born on %(date)s; please correct the number or the date of birth.") % {"date": birthday.isoformat()}
        )
    if sex and sex_of(number) != sex:
        raise BadIdentity(_("The number belongs to the other sex; please correct the number or the sex."))
    return number


def born(number: str) -> date:
    """The day of birth inside a normal number. Raises BadIdentity when there is no such day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise BadIdentity(_("The digits 7 to 14 are no date of birth.")) from error


def sex_of(number: str) -> str:
    """The sex that an identity number says: its 17th digit is odd for a man, even for a woman (GB 11643). The number must have passed its check."""
    return Sex.MALE if int(number[16]) % 2 else Sex.FEMALE


def hashed(number: str) -> str:
    """The keyed hash under which a normal number is found again: HMAC-SHA256, hexadecimal."""
    return hmac.new(settings.KC_HASH_KEY, number.encode(), hashlib.sha256).hexdigest()


def encrypt(number: str) -> bytes:
    """AES-256-GCM under the newest key: key id, colon, nonce, sealed bytes. Bound to the hash, so that two rows cannot swap their numbers."""
    name, key = next(iter(settings.KC_FIELD_KEYS.items()))
    nonce = os.urandom(NONCE)
    return name.encode() + b":" + nonce + AESGCM(key).encrypt(nonce, number.encode(), hashed(number).encode())


def decrypt(cipher: bytes, number_hash: str) -> str:
    """Raises UnknownKey."""
    name, _colon, sealed = bytes(cipher).partition(b":")
    key = settings.KC_FIELD_KEYS.get(name.decode())
    if key is None:
        raise UnknownKey(f"no key {name.decode()!r} in the ring")
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], number_hash.encode()).decode()
    except InvalidTag as error:
        raise UnknownKey("the sealed number does not open") from error


def key_of(cipher: bytes) -> str:
    """The id of the key that sealed these bytes."""
    return bytes(cipher).partition(b":")[0].decode()


ROLL_NUMBER = re.compile(r"([A-Z])(\d{17}[\dX])")  # the national form: a letter and the identity number


def inside_roll_number(roll_number: str) -> str:
    """The identity number that a school-roll number of the national form contains; empty for any other form."""
    found = ROLL_NUMBER.fullmatch(normalise(roll_number))
    return found[2] if found else ""


def masked_roll_number(roll_number: str) -> str:
    """What is kept and shown of a school-roll number: one that contains the identity number loses its middle, which the sealed number still knows."""
    number = inside_roll_number(roll_number)
    return f"{normalise(roll_number)[0]}{number[:3]}{'*' * 11}{number[-4:]}" if number else roll_number.strip()


def give(student: Student, number: str) -> None:
    """Put a checked number, or none, on an unsaved or locked student."""
    student.id_cipher = encrypt(number) if number else None
    student.id_hash = hashed(number) if number else ""
    student.id_head, student.id_tail = number[:3], number[-4:]
