"""The product's settings, in a data folder of the tests' own. Here and not in conftest.py, which is read after the settings."""

import os
from pathlib import Path

os.environ.setdefault("KC_DATA_DIR", str(Path(__file__).resolve().parent.parent / "var" / "test"))
os.environ.setdefault("KC_PLAIN_STATIC", "1")  # static files without collecting them first
os.environ.setdefault("KC_EMBEDDED_FORGETFUL", "1")

from project.settings import *  # noqa: F403  after what the settings read
