"""The rest of what the phone pages' scripts say: of the queue, the PIN, the self-check and the settings."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def seldom_words() -> dict[str, str]:
    """These words by their keys, in the language that is active."""
    return _queue() | _pin() | _self_check() | _settings()


def _queue() -> dict[str, str]:
    return {
        "is_kept": _("Kept on this phone"),
        "is_kept_text": _("It is sent as soon as there is a network. You can close the page."),
        "is_sent": _("Sent and received"),
        "is_gone": _("Taken out"),
        "receipt": _("Receipt {0}"),
        "was_late": _("It arrived late; that is on record with it."),
        "state_queued": _("waits"),
        "state_offline": _("no network"),
        "state_portal": _("the network wants a log-in of its own"),
        "state_login": _("log-in needed"),
        "state_other": _("Somebody else is logged in. Your records wait until you log in yourself."),
        "state_busy": _("server busy, tried again"),
        "sending": _("sending {0} of {1}"),
        "sending_text": _("sending"),
        "refused": _("refused by the server"),
        "replaced": _("written anew"),
        "returned": _("correction asked for"),
        "received": pgettext("phone", "received"),
        "refused_changed": _("The server has another record under this number."),
        "refused_owner": _("This record belongs to somebody else."),
        "refused_photo_lost": _("A photo of this record is no longer on the phone."),
        "kept_since": _("written {0}"),
        "photo_count": _("{0} photos"),
        "write_anew": _("Write it anew"),
        "take_out": _("Take out"),
        "take_out_title": _("Take this record out?"),
        "take_out_text": _("It is then nowhere any more: the server has refused it."),
        "keep": _("Keep"),
        "all_sent": _("Everything is sent"),
        "all_sent_text": _("Nothing waits on this phone."),
        "others_wait": _("{0} records of somebody else wait on this phone. Only they can send them."),
        "send_now": _("Send now"),
        "export_way": _("No network for days? Hand them over as a file"),
        "asked_for": _("Corrections asked for"),
        "just_sent": _("Sent in the last 24 hours"),
        "records_sent": pgettext("phone", "Sent"),
        "correct": _("Correct"),
        "no_records": _("No record yet"),
        "no_records_text": _("What you send is listed here."),
        "no_records_offline": _("With a network your records are listed here."),
    }


def _pin() -> dict[str, str]:
    return {
        "pin": _("Your PIN"),
        "pin_text": _("{0}, please enter your six digits."),
        "pin_set": _("Choose a PIN"),
        "pin_new": _("New PIN"),
        "pin_new_text": _("Six digits. They open these pages without a network and lock the children's data on this phone."),
        "pin_again": _("Once more"),
        "pin_again_text": _("The same six digits, so that no slip locks you out."),
        "pin_differs": _("The two differ. Please choose again."),
        "pin_weak": _("Too easy to guess. Please choose other digits."),
        "pin_old": _("Your present PIN"),
        "pin_old_text": _("Then choose a new one."),
        "pin_wrong": _("Not right. {0} tries left."),
        "pin_changed": _("The PIN is changed."),
        "pin_forgotten": _("PIN forgotten?"),
        "pin_shut": _("Five wrong PINs"),
        "pin_shut_text": _(
            "Nothing is lost: your records stay sealed on this phone. Log in with your password, with a network, and choose a new PIN."
        ),
        "log_in_password": _("Log in with the password"),
        "forgotten": _("Forgotten"),
        "digits": _("{0} of 6 digits"),
    }


def _self_check() -> dict[str, str]:
    return {
        "check_secure": _("Safe connection"),
        "check_crypto": _("Encryption"),
        "check_database": _("Keeps data on the phone"),
        "check_worker": _("Opens without a network"),
        "check_persist": _("Data protected from clearing"),
        "check_room": _("Room on the phone"),
        "check_locks": _("Locks between windows"),
        "check_sync": _("Wakes up when the network is back"),
        "check_geo": _("Position"),
        "check_kernel": _("Browser"),
        "good": pgettext("phone", "present"),
        "free": _("{0} free"),
        "bad_secure": _("Please open the pages with https."),
        "bad_crypto": _("Please use a newer browser."),
        "bad_database": _("Please use Chrome or Safari, not a private window."),
        "bad_worker": _("Needs a network to open. Add the pages to the home screen, or use Chrome or Safari."),
        "bad_persist": _("Add the pages to the home screen; don't clear the browser's data while records wait."),
        "bad_room": _("Please delete something on this phone."),
        "bad_locks": _("Not in this browser; the pages do without."),
        "bad_sync": _("Not in this browser: records go when the page is open."),
        "bad_geo": _("Not in this browser; visits count just the same."),
        "bad_kernel": _("Too old: Chrome 88 or Safari 14 at least."),
        "check_and_tell": _("Check again and tell the office"),
        "told": _("The office has the result. It holds nobody's data."),
        "not_told": _("Checked. The result goes to the office when you check with a network."),
    }


def _settings() -> dict[str, str]:
    return {
        "photos_and_place": _("Photos and position"),
        "set_burn": _("Time and township in the picture"),
        "set_burn_hint": _("Written at the lower edge of each photo."),
        "set_geo": _("Add my position to visits"),
        "set_geo_hint": _("Proves that you were there. You can change it in each visit."),
        "lock_title": _("Lock"),
        "lock_hint": _("After five minutes without a touch these pages lock themselves."),
        "lock_now": _("Lock now"),
        "change_pin": _("Change the PIN"),
        "this_phone": _("This phone"),
        "account_title": _("Account"),
        "log_out": _("Log out"),
        "version": _("Version {0}"),
        "export_text": _(
            "No network for days? Make a sealed file of what waits and give it to the county office. The records stay here until they are received."
        ),
        "file_words": _("Words that open the file"),
        "file_words_hint": _("At least eight signs. Tell them to the county by telephone, not with the file."),
        "words_short": _("At least eight signs, please."),
        "make_file": _("Make the file"),
        "exported": _("{0} records are in the file. Give it to the county office."),
        "unsent_title": _("{0} records are not sent yet"),
        "unsent_text": _("Send them first. If you log out all the same they stay sealed on this phone until you log in again."),
        "send_first": _("Send first"),
        "stay": _("Stay"),
        "go_anyway": _("Log out all the same"),
        "logout_online": _("Logging out needs a network. You can lock the pages instead."),
    }
