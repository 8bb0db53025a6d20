"""Bring third-party browser files into the repository, and prove that nobody changed them.

    python tools/vendor.py           fetch with npm, compare with vendor.lock, write the files
    python tools/vendor.py --accept  the same, and write the new sums into vendor.lock
    python tools/vendor.py --check   no network: are the committed files those of vendor.lock?

Only maintainers run the first two. Whoever builds, tests or runs the product needs no npm.
"""

import argparse
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TypedDict

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "vendor.lock"
ICON_LIST = ROOT / "tools" / "icons.txt"
SPRITE = "project/static/icons.svg"


class Package(TypedDict):
    """One npm package of vendor.lock; `files` maps a path in the package to its place here."""

    name: str
    version: str
    licence: str
    sha256: str
    files: dict[str, str]
    sums: dict[str, str]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def fetch(package: Package, folder: Path) -> bytes:
    """The package's tarball, as npm gives it out."""
    wanted = f"{package['name']}@{package['version']}"
    name = subprocess.run(["npm", "pack", "--silent", wanted], cwd=folder, check=True, capture_output=True, text=True).stdout.split()[-1]
    return (folder / name).read_bytes()


def icon_names() -> list[str]:
    lines = ICON_LIST.read_text().splitlines()
    return sorted({name for line in lines if not line.startswith("#") for name in line.split()})


def symbol(name: str, svg: str) -> str:
    """The drawing of one Tabler file as a symbol; the transparent bounding box is dropped."""
    body = re.sub(r"<svg.*?>|</svg>|<path stroke=\"none\"[^>]*/>", "", svg, flags=re.DOTALL)
    body = re.sub(r"\s+", " ", body).replace(" />", "/>").replace("> <", "><").strip()
    return (
        f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor"'
        f' stroke-width="2" stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
    )


def sprite(tarball: tarfile.TarFile) -> bytes:
    """All icons of tools/icons.txt in one file, each to be shown with `<use href>`."""
    symbols = [symbol(name, read(tarball, f"icons/outline/{name}.svg").decode()) for name in icon_names()]
    licence = "<!-- Tabler Icons, MIT: see vendor/tabler-icons/LICENSE -->"
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', licence, *symbols, "</svg>", ""]).encode()


def read(tarball: tarfile.TarFile, path: str) -> bytes:
    member = tarball.extractfile(f"package/{path}")
    if member is None:
        raise FileNotFoundError(path)
    content = member.read()
    # The source map stays outside, and collectstatic refuses a reference to a file that is missing.
    return re.sub(rb"\n/\*# sourceMappingURL=.*?\*/", b"", content) if path.endswith(".css") else content


def vendor(package: Package, *, accept: bool) -> None:
    """Fetch one package and write its files; refuse a tarball other than the locked one."""
    with tempfile.TemporaryDirectory() as folder:
        content = fetch(package, Path(folder))
        if sha256(content) != package["sha256"] and not accept:
            raise SystemExit(f"{package['name']}: the tarball is not the one in vendor.lock")
        package["sha256"] = sha256(content)
        archive = Path(folder) / "package.tgz"
        archive.write_bytes(content)
        with tarfile.open(archive) as tarball:
            for source, target in package["files"].items():
                made = sprite(tarball) if target == SPRITE else read(tarball, source)
                place = ROOT / target
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(made)
                package["sums"][target] = sha256(made)


def changed(packages: list[Package]) -> list[str]:
    """Committed files that are missing or not what vendor.lock says."""
    return [
        target
        for package in packages
        for target, expected in package["sums"].items()
        if not (ROOT / target).is_file() or sha256((ROOT / target).read_bytes()) != expected
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--accept", action="store_true")
    options = parser.parse_args()
    lock: dict[str, list[Package]] = json.loads(LOCK.read_text())
    if options.check:
        if wrong := changed(lock["packages"]):
            sys.exit("not as in vendor.lock: " + ", ".join(wrong))
        return
    for package in lock["packages"]:
        vendor(package, accept=options.accept)
    LOCK.write_text(json.dumps(lock, indent=2) + "\n")


if __name__ == "__main__":
    main()
