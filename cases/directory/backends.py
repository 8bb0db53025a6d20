"""Logging in with the work account or with a telephone number that only one person has."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils import timezone

from cases.directory import addresses, lockout
from cases.directory.models import User


class WorkAccount(BaseBackend):
    def authenticate(self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **more: Any) -> User | None:
        """The person, or nobody. Each try costs the same time, whether the name exists or not."""
        if not username or not password:
            return None
        now = timezone.now()  # the wall's clock: a lock is no deadline of the engine's
        address = addresses.address_of(request)
        if addresses.locked_until(address, now=now):
            raise PermissionDenied
        user = lockout.find(username)
        if not lockout.begin(username, user, now=now):
            raise PermissionDenied  # locked: no other backend is asked, and the password is not looked at
        if user is None:
            User().set_password(password)
        if user is None or not user.check_password(password) or not user.is_active:
            addresses.failed(address, now=now)
            return None
        lockout.succeed(user)
        return user

    def get_user(self, user_id: int) -> User | None:
        found: User | None = User.objects.filter(pk=user_id, is_active=True).first()
        return found
