"""Where the embedded servers keep their files and answer; worked out from the data folder alone, so every process agrees."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

SHARED = Path("/var/lib/kongchuo")  # as root: what the servers' user could not reach elsewhere
SOCKET_LIMIT = 103  # bytes of a socket's path: 104 with its end on macOS, 108 on Linux


@dataclass(frozen=True)
class Places:
    postgres: Path
    postgres_sockets: Path
    valkey: Path
    valkey_socket: Path
    lock: Path

    @classmethod
    def under(cls, data: Path) -> "Places":
        """As root PostgreSQL runs as a user of its own, and that user cannot reach into a private home: then its files go to /var/lib."""
        home = data
        if os.geteuid() == 0 and not open_to_others(data):
            home = SHARED / _digest(data)
        sockets = home / "postgres" / "sockets"
        valkey_socket = home / "valkey" / "socket"
        if len(os.fsencode(sockets / ".s.PGSQL.5432")) > SOCKET_LIMIT:
            sockets = _runtime(home) / "p"
            valkey_socket = _runtime(home) / "v" / "socket"
        return cls(
            postgres=home / "postgres" / "data",
            postgres_sockets=sockets,
            valkey=home / "valkey",
            valkey_socket=valkey_socket,
            lock=home / "servers.lock",
        )

    def make(self) -> None:
        for folder in (self.lock.parent, self.postgres_sockets.parent, self.valkey_socket.parent.parent):
            prepare(folder)
        for folder in (self.postgres.parent, self.postgres_sockets, self.valkey, self.valkey_socket.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def prepare(folder: Path) -> None:
    """Make the folder if it isn't there: others may pass through to what is theirs, and list nothing."""
    for missing in reversed([path for path in (folder, *folder.parents) if not path.exists()]):
        missing.mkdir(exist_ok=True)
        missing.chmod(0o711)


def open_to_others(path: Path) -> bool:
    return all(place.stat().st_mode & stat.S_IXOTH for place in (path, *path.parents) if place.exists())


def _runtime(home: Path) -> Path:
    """A short path for sockets, ours alone."""
    base = Path("/run") if os.geteuid() == 0 and os.access("/run", os.W_OK) else Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    return base / f"kongchuo-{os.geteuid()}-{_digest(home)}"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:10]
