"""The numbers of the fields of a visit: the same on the phone, on the printed form and where the office types it in."""

from typing import Final

NUMBERS: Final = {
    name: number
    for number, name in enumerate(
        (
            "occurred_at", "mode", "met", "companions", "lines", "whereabouts", "reason", "reason_text", "outcome", "promised_on", "account",
            "photos", "signature", "danger", "danger_kind",
        ),
        start=1,
    )
}  # fmt: skip
