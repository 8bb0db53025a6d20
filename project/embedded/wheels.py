"""The programs that a wheel brings, at a place from which the servers' user can run them."""

import importlib.util
import os
import shutil
from pathlib import Path

from project.embedded.places import SHARED, open_to_others, prepare


def unpacked(package: str) -> Path | None:
    """The folder of an installed wheel; as root a copy of it, when it sits under somebody's private home. None when it isn't installed."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    return _copy(folder) if os.geteuid() == 0 and not open_to_others(folder) else folder


def _copy(folder: Path) -> Path:
    release = next(folder.parent.glob(f"{folder.name}-*.dist-info")).name.removesuffix(".dist-info")
    target = SHARED / release
    if not target.exists():
        prepare(target.parent)
        draft = target.with_name(f"{release}.{os.getpid()}")
        draft.mkdir()
        for part in (folder, folder.with_name(f"{folder.name}.libs")):  # the libraries that its programs look for beside it
            if part.exists():
                shutil.copytree(part, draft / part.name)
        draft.chmod(0o755)
        draft.rename(target)
    return target / folder.name
