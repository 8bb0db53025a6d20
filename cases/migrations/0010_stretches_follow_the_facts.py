"""Stretches of the ledger follow from the facts: a view works them out for everybody, a trigger keeps the table at each new fact."""

from django.db import migrations

# A fact told later outdoes, from its day on, whatever was told before it. Where a child is counted the last fact says; in which column, the
# last one that speaks of the ledger (a new suspicion moves nobody); as what it counts, its last entry.
# For each moment at which something was told: a running maximum over the days gives the three, equal neighbours are one, first along
# the days, then along the moments.
TOLD = """
    fact AS MATERIALIZED (
        SELECT *, row_number() OVER (PARTITION BY case_id ORDER BY entry_id, id) AS nth,
               enters_ledger OR standing IN ('still_out', 'returned', 'deducted', 'deferred') AS speaks
        FROM cases_standingchange {narrow}
    ), moment AS (
        SELECT case_id, recorded_at AS told_from, row_number() OVER earlier AS step,
               lead(recorded_at, 1, timestamptz '9999-12-31 00:00:00Z') OVER earlier AS told_to
        FROM (SELECT DISTINCT case_id, recorded_at FROM fact) told WINDOW earlier AS (PARTITION BY case_id ORDER BY recorded_at)
    ), known AS (
        SELECT moment.*, occurred_on AS from_on,
               max(nth) OVER until AS seat,
               max(nth) FILTER (WHERE speaks) OVER until AS stands,
               max(nth) FILTER (WHERE enters_ledger) OVER until AS entry
        FROM moment JOIN fact ON fact.case_id = moment.case_id AND fact.recorded_at <= moment.told_from
        WINDOW until AS (PARTITION BY moment.case_id, moment.step ORDER BY occurred_on)
    ), turn AS (
        SELECT *, (lag(seat) OVER before, lag(stands) OVER before, lag(entry) OVER before) IS DISTINCT FROM (seat, stands, entry) AS is_turn
        FROM (SELECT DISTINCT * FROM known) known WINDOW before AS (PARTITION BY case_id, step ORDER BY from_on)
    ), span AS (
        SELECT case_id, step, told_from, told_to, seat, stands, entry, from_on,
               lead(from_on, 1, date '9999-12-31') OVER (PARTITION BY case_id, step ORDER BY from_on) AS to_on
        FROM turn WHERE is_turn
    ), run AS (
        SELECT *, step - row_number() OVER (PARTITION BY case_id, from_on, to_on, seat, stands, entry ORDER BY step) AS run
        FROM span WHERE entry IS NOT NULL
    ), stretch AS (
        SELECT case_id, from_on, to_on, min(told_from) AS told_from, max(told_to) AS told_to, seat, stands, entry
        FROM run GROUP BY case_id, from_on, to_on, seat, stands, entry, run
    ), told AS (
        SELECT stretch.case_id, from_on, to_on, told_from, told_to, stands.standing, stands.code, seat.county_id, seat.place_id, seat.school_id,
               entry.occurred_on AS entered_on, coalesce(entry.priority_household, false) AS priority
        FROM stretch
        JOIN fact stands ON stands.case_id = stretch.case_id AND stands.nth = stretch.stands
        JOIN fact seat ON seat.case_id = stretch.case_id AND seat.nth = stretch.seat
        JOIN fact entry ON entry.case_id = stretch.case_id AND entry.nth = stretch.entry
    )
"""

NAMES = [
    "case_id", "from_on", "to_on", "told_from", "told_to", "standing", "code", "county_id", "place_id", "school_id", "entered_on", "priority",
]  # fmt: skip
COLUMNS = ", ".join(NAMES)
# a row is the same when it says the same; the school may be null
SAME = f"ROW({', '.join('told.' + name for name in NAMES)}) IS NOT DISTINCT FROM ROW({', '.join('kept.' + name for name in NAMES)})"

EVERYBODY = f"CREATE VIEW cases_stretch_told AS WITH {TOLD.format(narrow='')} SELECT {COLUMNS} FROM told;"

# The rights of its owner: the product itself may only read the table.
FOLLOW = f"""
CREATE FUNCTION stretches_follow() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT NEW.enters_ledger AND NOT EXISTS (SELECT FROM cases_stretch WHERE case_id = NEW.case_id) THEN
        RETURN NULL;
    END IF;
    WITH {TOLD.format(narrow="WHERE case_id = NEW.case_id")}, gone AS (
        DELETE FROM cases_stretch kept
        WHERE kept.case_id = NEW.case_id AND NOT EXISTS (SELECT FROM told WHERE {SAME})
    )
    INSERT INTO cases_stretch ({COLUMNS})
    SELECT {COLUMNS} FROM told
    WHERE NOT EXISTS (SELECT FROM cases_stretch kept WHERE kept.case_id = NEW.case_id AND {SAME});
    RETURN NULL;
END
$$;
CREATE TRIGGER stretches_follow AFTER INSERT ON cases_standingchange FOR EACH ROW EXECUTE FUNCTION stretches_follow();
INSERT INTO cases_stretch ({COLUMNS}) SELECT {COLUMNS} FROM cases_stretch_told;
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kc_app') THEN
        REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON cases_stretch FROM kc_app;
    END IF;
END
$$;
"""

UNDO = """
DROP TRIGGER stretches_follow ON cases_standingchange;
DROP FUNCTION stretches_follow();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_stretches")]

    operations = [
        migrations.RunSQL(EVERYBODY, "DROP VIEW cases_stretch_told;"),
        migrations.RunSQL(FOLLOW, UNDO),
    ]
