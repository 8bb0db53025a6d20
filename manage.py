#!/usr/bin/env python
"""Django's command line; it starts the embedded servers for a command that needs them."""

import os
import signal
import sys

# Only these may change the schema; everything else works as a role that cannot.
OWNER_COMMANDS = {"migrate", "unlock_clock", "makemigrations", "squashmigrations", "sqlmigrate", "flush", "sqlflush"}

# Commands that never ask the database.
OFFLINE_COMMANDS = {
    "check",
    "collectstatic",
    "compilemessages",
    "diffsettings",
    "findstatic",
    "help",
    "makemessages",
    "version",
    "--help",
    "--version",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in OWNER_COMMANDS:
        os.environ["KC_DATABASE_ROLE"] = "owner"
    # Leaving in good order lets go of the embedded servers.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))

    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    from project import embedded

    try:
        if command not in OFFLINE_COMMANDS:
            embedded.start()
        execute_from_command_line(sys.argv)
    except (embedded.EmbeddedServerError, ImproperlyConfigured) as error:
        sys.exit(f"{type(error).__name__}: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
