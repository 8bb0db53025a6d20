"""The Chinese catalogue, kept complete: every word that the source shows people, translated, and compiled.

python tools/messages.py check    says what is missing, changes nothing
python tools/messages.py update   adds new words, untranslated, and compiles
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent
HOUSE = ("project", "cases", "workflows", "notifications")
CATALOGUES = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES"
DOMAINS = {"django": (".py", ".html", ".txt"), "djangojs": (".js",)}
Key = tuple[str | None, str]


def key(entry: polib.POEntry) -> Key:
    return entry.msgctxt, entry.msgid


def extract(domain: str) -> dict[Key, polib.POEntry]:
    """What the source says now, by Django's own extraction, out of a copy, so that nothing is changed here."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for package in HOUSE:
            for path in (ROOT / package).rglob("*"):
                if path.suffix in DOMAINS[domain] and "vendor" not in path.parts and path.is_file():
                    target = copy / path.relative_to(ROOT)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, target)
        (copy / "locale").mkdir()
        command = [sys.executable, "-m", "django", "makemessages", "--locale=zh_Hans", f"--domain={domain}", "--no-wrap", "--verbosity=0"]
        subprocess.run(command, cwd=copy, check=True)
        made = copy / "locale" / "zh_Hans" / "LC_MESSAGES" / f"{domain}.po"
        return {key(entry): entry for entry in polib.pofile(str(made), wrapwidth=0)} if made.exists() else {}


def read(domain: str) -> polib.POFile | None:
    path = CATALOGUES / f"{domain}.po"
    return polib.pofile(str(path), wrapwidth=0) if path.exists() else None


def other_forms(entry: polib.POEntry, known: dict[Key, polib.POEntry]) -> bool:
    """Whether a word has a plural here and none there: Python before 3.11.3 doesn't find such a translation."""
    return key(entry) in known and bool(known[key(entry)].msgid_plural) != bool(entry.msgid_plural)


def check() -> list[str]:
    faults: list[str] = []
    can_extract = shutil.which("xgettext") is not None
    if not can_extract:
        print("Not compared with the source: xgettext is missing (install gettext).")
    for domain in DOMAINS:
        catalogue = read(domain)
        if catalogue is None:
            if can_extract and extract(domain):
                faults.append(f"{domain}.po is missing: make messages")
            continue
        faults += [f"untranslated: {entry.msgid!r}" for entry in catalogue.untranslated_entries()]
        faults += [f"fuzzy: {entry.msgid!r}" for entry in catalogue.fuzzy_entries()]
        compiled = CATALOGUES / f"{domain}.mo"
        if not compiled.exists() or compiled.read_bytes() != catalogue.to_binary():
            faults.append(f"{domain}.mo is older than {domain}.po: make messages")
        if can_extract:
            known, found = {key(entry): entry for entry in catalogue if not entry.obsolete}, extract(domain)
            faults += [f"not in {domain}.po: {msgid!r}" for context, msgid in sorted(set(found) - set(known), key=str)]
            faults += [f"one form in one, several in the other: {entry.msgid!r}" for entry in found.values() if other_forms(entry, known)]
    return faults


def update() -> None:
    """New words are added, and words that left the source stay: some are viewflow's, whose own catalogue is empty."""
    for domain in DOMAINS:
        catalogue, found = read(domain), extract(domain)
        if catalogue is None:
            if not found:
                continue
            catalogue = polib.POFile(wrapwidth=0)
            catalogue.metadata = {"Language": "zh_Hans", "Content-Type": "text/plain; charset=UTF-8", "Plural-Forms": "nplurals=1; plural=0;"}
        known = {key(entry) for entry in catalogue}
        for entry in found.values():
            if key(entry) not in known:
                entry.occurrences, entry.comment = [], ""
                catalogue.append(entry)
        CATALOGUES.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(CATALOGUES / f"{domain}.po"))
        (CATALOGUES / f"{domain}.mo").write_bytes(catalogue.to_binary())
        print(f"{domain}: {len(found)} in the source, {len(catalogue.untranslated_entries())} to translate")


if __name__ == "__main__":
    if sys.argv[1:] == ["update"]:
        update()
    elif sys.argv[1:] == ["check"]:
        faults = check()
        print("\n".join(faults) or "The Chinese catalogue is complete.")
        sys.exit(bool(faults))
    else:
        sys.exit(__doc__)
