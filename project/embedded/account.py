"""The system user that the servers run as: ours, or, when we are root, one of their own, because PostgreSQL refuses root."""

import os
import pwd
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict

from project.embedded.trouble import EmbeddedServerError

NAME = "kc-embedded"


class RunAs(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def run_as() -> RunAs:
    """What subprocess needs to know: nothing, unless we are root."""
    if os.geteuid() != 0:
        return {}
    account = _account()
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def give(*paths: Path) -> None:
    if os.geteuid() == 0:
        account = _account()
        for path in paths:
            os.chown(path, account.pw_uid, account.pw_gid)


def environment() -> Mapping[str, str]:
    """Nothing of the caller's PGPORT, PGDATA or LC_ALL reaches a server of ours."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


def _account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(NAME)
    except KeyError:
        pass
    try:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin", NAME],
            check=True,
            capture_output=True,
        )
        return pwd.getpwnam(NAME)
    except (OSError, subprocess.CalledProcessError, KeyError) as error:
        raise EmbeddedServerError(
            f"PostgreSQL does not run as root, and the system user {NAME} could not be made; run as a normal user instead."
        ) from error
