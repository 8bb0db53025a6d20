"""The auditor by hand, for a watcher outside and for an inspection."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from cases.journal import clock
from workflows import audit

SHOWN = 10  # ids of a finding


class Command(BaseCommand):
    help = "Names every deadline, rung, message and case that is not as it must be, and sets going what stands still; ends with 1 if it found any."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--look", action="store_true", help="changes nothing and leaves no record")

    def handle(self, *, look: bool, **options: Any) -> None:
        findings = audit.look(clock.now())
        mended: dict[str, int] = {}
        if not look:
            run = audit.audit(job="command")
            if run is None:
                self.stderr.write("another auditor is at work; this one only looked")
            else:
                mended = run.mended
        for finding in findings:
            code, count = finding.invariant.code, "?" if finding.count is None else finding.count
            line = f"{count:>8}  {code:<24}{finding.invariant.title}"
            if finding.ids:
                line += f": {finding.invariant.of} {' '.join(map(str, finding.ids[:SHOWN]))}{' …' if len(finding.ids) > SHOWN else ''}"
            if code in mended:
                line += f" ({mended[code]} set going again)"
            self.stdout.write(line)
        if any(finding.count != 0 for finding in findings):
            sys.exit(1)
