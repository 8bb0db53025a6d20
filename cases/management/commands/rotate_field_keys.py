"""manage.py rotate_field_keys: seal every identity number and every gateway's secret under the newest key of the ring."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cases.mobile import phones
from cases.register.rotation import rotate
from notifications.gateways import seal_again


class Command(BaseCommand):
    help = "After a new key was put first in KC_FIELD_KEYS: seals every identity number again under it. May be stopped and run again."

    def handle(self, *args: Any, **options: Any) -> None:
        count = rotate()
        newest = next(iter(settings.KC_FIELD_KEYS))
        self.stdout.write(f"{count} identity numbers were sealed again; all of them are now under key {newest}.")
        self.stdout.write(f"{seal_again()} secrets of message gateways were sealed again.")
        self.stdout.write(f"{phones.seal_again()} key halves of phones were sealed again.")
