"""What every service raises when something cannot be done."""


class Refused(Exception):
    """What was asked cannot be done, for a reason that the person can read. Every service's own refusals derive from it."""
