"""Prints what pyproject.toml depends on, for pip: `python tools/requirements.py [extra …]`."""

import sys
import tomllib
from pathlib import Path

project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
wanted = [*project["dependencies"], *(line for extra in sys.argv[1:] for line in project["optional-dependencies"][extra])]
print("\n".join(wanted))
