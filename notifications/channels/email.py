"""E-mail by SMTP."""

import hashlib
import smtplib
from contextlib import suppress
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.channels.base import Offer, Reader, Unreachable, Unsure

if TYPE_CHECKING:
    from notifications.models import Delivery


class Email:
    name = "email"
    label = _("By e-mail")
    gated = False

    def usual(self, offer: Offer | None, *, urgent: bool) -> bool:
        return bool(settings.EMAIL_HOST)

    def available(self, user: Reader) -> bool:
        return bool(user.email)

    def once(self, delivery: "Delivery") -> bool:
        return True  # mail programs show two letters with one Message-ID once

    def send(self, delivery: "Delivery", text: str, link: str) -> None:
        letter = EmailMessage(subject=text, body=_body(text, link), to=[delivery.notification.recipient.email], headers=_headers(delivery))
        office = get_connection()
        try:
            office.open()
        except OSError as error:  # every trouble of smtplib, the socket and TLS is one; nothing was handed over yet
            raise Unreachable(type(error).__name__) from error
        try:
            office.send_messages([letter])
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError):
            raise  # this letter's trouble, not the server's
        except OSError as error:
            raise Unsure(type(error).__name__) from error
        finally:
            with suppress(OSError):  # it was taken or not; how the server says goodbye changes nothing
                office.close()


def _body(text: str, link: str) -> str:
    closing = gettext("This message was sent automatically and names no child. Log in to read more.")
    return "\n\n".join(line for line in (text, link, closing) if line) + "\n"


def _headers(delivery: "Delivery") -> dict[str, str]:
    """A letter that is sent twice has one Message-ID, so that mail programs show it once."""
    sender = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    digest = hashlib.sha256(delivery.key.encode()).hexdigest()[:32]
    return {"Message-ID": f"<{digest}@{sender}>", "Auto-Submitted": "auto-generated"}
