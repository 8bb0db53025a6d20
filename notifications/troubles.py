"""What went wrong outside, in words. Kept are codes alone, because the words of the other side may hold an address."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WORDS = {
    "ConnectionRefusedError": gettext_lazy("Nobody answers at this address."),
    "gaierror": gettext_lazy("There is no such address."),
    "TimeoutError": gettext_lazy("No answer came in time."),
    "Unreachable": gettext_lazy("It could not be reached."),
    "RemoteDisconnected": gettext_lazy("It hung up without an answer."),
    "ConnectionResetError": gettext_lazy("It hung up without an answer."),
    "SSLCertVerificationError": gettext_lazy("Its certificate is not to be trusted."),
    "SSLError": gettext_lazy("The connection could not be encrypted."),
    "BadAddress": gettext_lazy("The address is none to which messages may be sent."),
    "ForbiddenAddress": gettext_lazy("The address is none to which messages may be sent."),
    "BadAnswer": gettext_lazy("Its answer cannot be read."),
    "NoGateway": gettext_lazy("No gateway in use serves this person."),
    "CannotOpen": gettext_lazy("Its secrets cannot be opened; please enter them again."),
    "SMTPRecipientsRefused": gettext_lazy("The mail server refused the recipient's address."),
    "SMTPAuthenticationError": gettext_lazy("The mail server refused the log-in."),
    "errcode 45009": gettext_lazy("Too many messages in a minute."),
    "errcode 130101": gettext_lazy("Too many messages in a minute."),
    "errcode 93000": gettext_lazy("The robot's key is wrong, or the robot was removed."),
    "errcode 300001": gettext_lazy("The robot's token is wrong, or the robot was removed."),
    "errcode 310000": gettext_lazy("The robot refuses the signature: please compare the signing secret."),
    "HTTP 401": gettext_lazy("It refuses the token."),
    "HTTP 403": gettext_lazy("It refuses the token."),
    "HTTP 404": gettext_lazy("There is nothing at this address."),
    "HTTP 429": gettext_lazy("Too many messages in a minute."),
}
CODED = re.compile(r"(?:errcode|HTTP|answer) (\S+)")


def explain(trouble: str) -> str:
    """A sentence for a code; empty for none."""
    if not trouble:
        return ""
    if trouble in WORDS:
        return str(WORDS[trouble])
    if coded := CODED.fullmatch(trouble):
        return _("It answered with the code %(code)s.") % {"code": coded[1]}
    return _("It did not work.")
