"""Where the bytes lie: outside the web root, under names that tell nothing, there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from django.conf import settings

DRAFT = ".part"  # ends the name of what is still being written
SMALL = ".small"  # ends the name of a photo's small picture


def root() -> Path:
    """The folder of all files."""
    return Path(settings.MEDIA_ROOT)


def place(key: UUID) -> Path:
    """Two levels of folders, so that no folder grows beyond what a file system likes."""
    return root() / key.hex[:2] / key.hex[2:4] / key.hex


def put(key: UUID, data: bytes) -> None:
    """Write, reach the disk, then take the name: a crash leaves the whole file or none."""
    put_as(place(key), data)


def put_as(path: Path, data: bytes) -> None:
    """As `put`, under a name beside a key's own."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}{DRAFT}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    reach_disk(path.parent)


def reach_disk(folder: Path) -> None:
    """Wait until what was named in the folder is on the disk: a name without this can be lost with the power. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def every_file() -> Iterator[Path]:
    """All bytes on the shelf, unfinished ones included."""
    return (path for path in root().glob("??/??/*") if path.is_file())
