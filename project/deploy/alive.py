"""Health of a container, for Docker: `python -m project.deploy.alive web|worker|beat`; ends with 0 when it is well."""

import os
import sys
import time
import urllib.request
from pathlib import Path

SILENCE = 600  # seconds; beat writes its schedule down every three minutes


def web() -> bool:
    host = os.environ.get("KC_ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".*") or "localhost"
    request = urllib.request.Request("http://127.0.0.1:8000/healthz", headers={"Host": host, "X-Forwarded-Proto": "https"})
    with urllib.request.urlopen(request, timeout=5) as response:
        return bool(response.status == 200)


def worker() -> bool:
    from project.celery import app

    return bool(app.control.ping(destination=[f"celery@{os.uname().nodename}"], timeout=5))


def beat() -> bool:
    from project.celery import app

    return written_lately(Path(app.conf.beat_schedule_filename))


def written_lately(schedule: Path) -> bool:
    """Some builds of Python put an ending of their own to the file's name."""
    return any(time.time() - file.stat().st_mtime < SILENCE for file in schedule.parent.glob(f"{schedule.name}*"))


if __name__ == "__main__":
    try:
        well = {"web": web, "worker": worker, "beat": beat}[sys.argv[1]]()
    except OSError:
        well = False
    sys.exit(not well)
