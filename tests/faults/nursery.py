"""A process that has everything imported and forks sweepers and relays in milliseconds, for hundreds of them die in a proof.

`python -m tests.faults.nursery` reads one JSON command a line and answers with one; only its own children are ever signalled, by itself,
before it has reaped them, so that no other process can have their id.

A child may be told to kill or to freeze itself, from within, before or after the n-th statement that it sends; a commit is one.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from datetime import datetime
from typing import Any


def main() -> None:
    import django

    django.setup()
    from django.db import connections

    import notifications.delivery  # noqa: F401  so that it can be stopped at any line
    import workflows.sweeping  # noqa: F401  both imported once, here

    children: set[int] = set()
    for line in sys.stdin:
        said = json.loads(line)
        if said["do"] == "start":
            pid = os.fork()
            if pid == 0:
                _live(said)
            children.add(pid)
            answer: dict[str, Any] = {"pid": pid}
        elif said["do"] == "wait":
            answer = _wait(children, said["seconds"])
        else:
            if said["pid"] in children:
                os.kill(said["pid"], getattr(signal, said["signal"]))
            answer = {}
        print(json.dumps(answer), flush=True)
    for pid in children:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    connections.close_all()


def _wait(children: set[int], seconds: float) -> dict[str, Any]:
    """The first child that ends; nothing when none does in so many seconds."""
    end = time.monotonic() + seconds
    while children:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            children.discard(pid)
            return {"pid": pid, "killed": os.WIFSIGNALED(status), "code": os.waitstatus_to_exitcode(status)}
        if time.monotonic() > end:
            break
        time.sleep(0.005)
    return {}


def _live(said: dict[str, Any]) -> None:
    """What a child does until there is nothing left to do; never returns."""
    code = 1
    try:
        if said.get("at"):
            _doom(said["at"], said["signal"], after=said["after"])
        {"sweep": _sweep, "relay": _relay}[said["what"]](said)
        code = 0
    except BaseException:  # noqa: BLE001  a fork must not run on into its parent's life
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _doom(at: int, what: str, *, after: bool) -> None:
    """The n-th statement is this process's last, or, frozen, its last for a while."""
    from django.db import connection

    left = at

    def strike() -> None:
        os.kill(os.getpid(), getattr(signal, what))

    def count(run: Callable[[], Any]) -> Any:
        nonlocal left
        left -= 1
        if left == 0 and not after:
            strike()
        result = run()
        if left == 0 and after:
            strike()
        return result

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        return count(lambda: run(sql, params, many, context))

    commit = connection._commit  # type: ignore[attr-defined]  # Django's own step inside commit()
    connection._commit = lambda: count(commit)  # type: ignore[attr-defined]  # Django's own, not for us
    connection.execute_wrappers.append(execute)


def _sweep(said: dict[str, Any]) -> None:
    """As the sweeper's loop does it, over lost connections and all, until the moment given."""
    from django.db import InterfaceError, OperationalError, connection

    from workflows import escalation, roads

    now = datetime.fromisoformat(said["now"]) if said.get("now") else None
    escalation.FROZEN = said.get("frozen", escalation.FROZEN)
    while time.time() < said["until"]:
        try:
            if not escalation.sweep(said["batch"], now=now) + roads.sweep(now=now):
                if said.get("once"):
                    return
                time.sleep(said.get("every", 0.2))
        except (OperationalError, InterfaceError):
            with contextlib.suppress(Exception):
                connection.close()
            time.sleep(0.1)


def _relay(said: dict[str, Any]) -> None:
    from notifications.delivery import deliver_due

    while time.time() < said["until"]:
        if not deliver_due(50):
            time.sleep(0.1)


if __name__ == "__main__":
    main()
