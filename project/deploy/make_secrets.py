"""The secrets of a new installation, made once at random: `python -m project.deploy.make_secrets FOLDER`.

Three folders, because each is mounted where it is needed and nowhere else: `app` (what the product runs with), `owner` (may change the
schema) and `database` (the server's own). What exists is left alone.
"""

import os
import secrets
import sys
from pathlib import Path

from project.environment import new_secrets

HOST = "database:5432"


def make(base: Path) -> None:
    password = {role: remembered(base / "database" / role) for role in ("postgres", "kc_owner", "kc_app")}
    remembered(base / "owner" / "DATABASE_OWNER_URL", f"postgresql://kc_owner:{password['kc_owner']}@{HOST}/kc")
    remembered(base / "app" / "DATABASE_URL", f"postgresql://kc_app:{password['kc_app']}@{HOST}/kc")
    for name, value in new_secrets().items():
        remembered(base / "app" / name, value)


def remembered(path: Path, value: str = "") -> str:
    """The file's text; written first when there is none, a random one by default. Whole or not at all."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}")
        draft.write_text(value or secrets.token_urlsafe(32))
        # Readable inside the containers that mount this folder, whoever they run as; there are no others.
        draft.chmod(0o444)
        with draft.open() as file:
            os.fsync(file.fileno())
        draft.rename(path)
    return path.read_text()


if __name__ == "__main__":
    make(Path(sys.argv[1]))
