"""Chinese dates: 9月8日 as on every official paper. Django's own says 09月8日."""

MONTH_DAY_FORMAT = "n月j日"
