"""What the phone pages' scripts say. The document carries it, in the reader's language, so that it is there without a network."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cases.mobile.seldom import seldom_words


def words() -> dict[str, str]:
    """Every word of the scripts by its key, in the language that is active; {0}, {1} … stand for values."""
    return _screens() | _tasks() | _forms() | seldom_words()


def _screens() -> dict[str, str]:
    return {
        "brand": _("Dropout prevention"),
        "my_tasks": _("My tasks"),
        "situation_of": _("The child's situation"),
        "log_visit": _("Log a visit"),
        "report": _("Report a suspicion"),
        "to_send": _("To be sent"),
        "records": _("My records"),
        "settings": pgettext("phone", "Settings"),
        "self_check": _("Self-check"),
        "export": _("Hand over unsent records"),
        "cancel": _("Cancel"),
        "understood": _("Understood"),
        "try_again": _("Try again"),
        "one_moment": _("One moment …"),
        "delete": _("Delete the last digit"),
        "just_now": pgettext("phone", "just now"),
        "minutes_ago": _("{0} min ago"),
        "hours_ago": _("{0} h ago"),
        "days_ago": _("{0} days ago"),
        "unsent": _("{0} not sent yet on this phone, the oldest {1}"),
        "little_room": _("This phone is almost full. Please make room before the visit, or take a paper form along."),
        "broken": _("This page could not be shown. Nothing is lost; please open it again."),
        "stale": _("These pages were renewed in another window. Nothing is lost."),
        "blocked": _("These pages are open in another window as well. Please close that window; nothing is lost."),
        "load_again": _("Load again"),
        "no_store": _("This browser keeps nothing on the phone. Please use Chrome or Safari, or the pages for the computer."),
        "store_gone": _(
            "The browser has cleared what it kept for these pages. Please load them again; if this returns, use the pages for the computer."
        ),
        "big_site": _("Pages for the computer"),
        "wechat_apple": _("Inside WeChat on an iPhone these pages need a network. Please choose “Open in Safari” and add them to the home screen."),
        "wechat": _("For use without a network, please open these pages in the phone's browser and add them to the home screen."),
        "use_safari": _("This browser can't open these pages without a network. Please use Safari and add them to the home screen."),
        "use_chrome": _("This browser can't open these pages without a network. Please use a current Chrome or Edge, or the phone's own browser."),
    }


def _tasks() -> dict[str, str]:
    return {
        "as_of": _("As of {0}"),
        "no_data": _("Nothing downloaded yet"),
        "refresh": _("Refresh"),
        "not_fresh": _("The list could not be renewed; you see the last one."),
        "late": pgettext("phone", "Overdue"),
        "today": _("Today"),
        "week": _("Within a week"),
        "later": pgettext("phone", "Later"),
        "overdue": _("{0} days overdue"),
        "due_today": _("due today"),
        "days_left": _("{0} days left"),
        "written": _("written, waits to be sent"),
        "visit": pgettext("phone", "Visit"),
        "visit_of": _("Log a visit: {0}"),
        "online": pgettext("phone", "Online"),
        "other_children": _("Other children"),
        "no_tasks": _("No task waits for you"),
        "no_tasks_text": _("A visit can be put on record at any time."),
        "to_do": _("To do"),
        "guardians": _("Guardians"),
        "no_phone": _("no number known"),
        "no_guardian": _("No guardian is known."),
        "call": _("Call {0}"),
        "situation": _("Situation"),
        "address": _("Address"),
        "last_visit": _("Last visit"),
        "plan": _("Plan"),
        "whole_case": _("The whole case (needs a network)"),
        "not_here": _("This child is not on the phone"),
        "not_here_text": _("With a network, refresh your tasks and open it again."),
        "to_tasks": _("Back to my tasks"),
        "welcome": _("Home visits without a network"),
        "welcome_text": _("Log in once with a network. After that a PIN of six digits opens these pages anywhere."),
        "first_online": _("The first time needs a network. Please try again where there is one."),
        "log_in": _("Log in"),
    }


def _forms() -> dict[str, str]:
    return {
        "more": _("{0} more"),
        "please_check": _("Please check"),
        "need_when": _("Please enter day and time."),
        "need_choice": _("Please choose."),
        "need_promise": _("Please enter the day on which the child comes back."),
        "need_reason": _("Please say the reason in words."),
        "need_danger": _("Please say which danger."),
        "need_account": _("Please write what you saw or heard: it goes into the mandatory report."),
        "need_child": _("Please choose the child."),
        "in_future": _("This moment lies in the future."),
        "nobody_and": _("“Nobody” and somebody cannot both be."),
        "was_met": _("Somebody of the family was met: please choose what they said."),
        "was_not_met": _("Nobody of the family was met, so nobody could say this."),
        "promise_before": _("The promised day lies before the talk."),
        "promise_far": _("The promised day is more than {0} days away."),
        "no_numbers": _("Please leave out identity and telephone numbers; they belong to the child's record."),
        "tomorrow": _("Tomorrow"),
        "next_monday": _("Next Monday"),
        "clock_wrong": _("This phone's clock is {0} minutes off. The time below is the server's."),
        "draft_kept": _("Draft kept on this phone at {0}"),
        "draft_found": _("Your draft of {0} is back."),
        "begin_anew": _("Begin anew"),
        "is_correction": _("This record takes the place of the one that was returned. The old one stays on file."),
        "photo": _("Photo"),
        "remove_photo": _("Remove this photo"),
        "bad_photo": _("This picture could not be read. Please take it again."),
        "full_photo": _("The phone is full: this photo was not kept. The text is."),
        "full_draft": _("The phone is full: the draft was not kept. Please make room."),
        "full_title": _("The phone is full"),
        "full_photos": _("The record does not fit with its photos. Without them it does; what you wrote is kept."),
        "full_text": _("The record does not fit. The form stays open: please delete something on the phone and submit again, or use a paper form."),
        "without_photos": _("Keep it without photos"),
        "not_kept": _("Not kept"),
        "not_kept_text": _("The phone could not write the record down. The form stays as it is; please submit it again."),
        "geo_looking": _("Looking for the position …"),
        "geo_found": _("Found, to about {0} m"),
        "geo_denied": _("Not allowed on this phone; the visit counts just the same."),
        "geo_unavailable": _("No position here; the visit counts just the same."),
        "geo_timeout": _("No position in time; the visit counts just the same."),
        "geo_unsupported": _("This phone knows no position; the visit counts just the same."),
        "nobody_found": _("No child of this name."),
        "type_name": _("Type a name or class."),
        "suspicion": _("Report of a suspicion"),
        "no_students": _("No list of children on this phone"),
        "no_students_text": _("With a network, refresh your tasks; or report on the page for the computer."),
        "report_online": _("Report on the other page"),
    }
