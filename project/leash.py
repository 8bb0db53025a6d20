"""Runs a command that ends when whoever started it does, even by kill -9: `python -m project.leash gunicorn …`."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            sys.exit("The process that started this one has gone.")
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
