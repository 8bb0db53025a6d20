"""The comparison in the words of PostgreSQL: each statement works on whole sets."""

# ruff: noqa: S608  the statements are joined from parts that stand here; what varies is a parameter

from __future__ import annotations

# Our side: the cases of the list's county or school, without the schools that a newer list of their own speaks for; and of these whoever
# must stand on the other ledger on the day of the list. Children cleared in an earlier year are on neither table any more; those still out are.
OURS = """
WITH scope AS (
    SELECT one.id, one.student_id, one.school_id, one.standing, one.education_id, student.name, student.born_on, student.id_hash,
           student.id_head, student.id_tail, student.roll_number,
           one.entered_ledger_on IS NOT NULL AND one.entered_ledger_on <= %(taken_on)s
               AND (one.standing = 'still_out'
                    OR (one.standing IN ('returned', 'deducted', 'deferred') AND one.entered_ledger_on >= %(year)s)) AS counts
    FROM cases_case one JOIN cases_student student ON student.id = one.student_id
    WHERE one.county_id = %(county)s AND (%(school)s::bigint IS NULL OR one.school_id = %(school)s)
      AND (one.school_id IS NULL OR one.school_id <> ALL(%(newer)s::bigint[]))
)
"""

FORGET = "UPDATE cases_rosterrow SET student_id = NULL, matched_by = '' WHERE roster_id = %(roster)s AND matched_by <> ''"

MATCHES = (
    """
    UPDATE cases_rosterrow line SET student_id = same.student_id, matched_by = 'confirmed'
    FROM cases_samechild same WHERE line.roster_id = %(roster)s AND same.person = line.person
    """,
    """
    UPDATE cases_rosterrow line SET student_id = student.id, matched_by = 'identity'
    FROM cases_student student
    WHERE line.roster_id = %(roster)s AND line.student_id IS NULL AND line.id_hash <> '' AND student.id_hash = line.id_hash
      AND NOT EXISTS (SELECT FROM cases_rosterrow other WHERE other.roster_id = %(roster)s AND other.student_id = student.id)
    """,
    OURS
    + """, pairs AS (
        SELECT DISTINCT ON (scope.student_id) line.id, scope.student_id
        FROM cases_rosterrow line JOIN scope ON (line.roll_hash <> '' AND scope.id_hash = line.roll_hash)
             OR (line.roll_hash = '' AND line.roll_number <> '' AND scope.roll_number = line.roll_number)
        WHERE line.roster_id = %(roster)s AND line.student_id IS NULL
          AND NOT EXISTS (SELECT FROM cases_rosterrow other WHERE other.roster_id = %(roster)s AND other.student_id = scope.student_id)
        ORDER BY scope.student_id, line.id
    )
    UPDATE cases_rosterrow line SET student_id = pairs.student_id, matched_by = 'roll' FROM pairs WHERE pairs.id = line.id
    """,
)

# Every difference that the two sides show now, with the key under which the next list finds it again. One school's list knows who stands
# there at this school, and no more: a child that the county's last list has at another school is not missing, nor is one whose case is elsewhere.
FOUND = (
    OURS
    + """, matched AS (
        SELECT line.*, scope.id AS case_id, scope.standing AS ours, scope.counts, scope.school_id AS our_school, scope.id_hash AS our_hash,
               scope.id_head AS our_head, scope.id_tail AS our_tail, scope.roll_number AS our_roll
        FROM cases_rosterrow line JOIN scope ON scope.student_id = line.student_id WHERE line.roster_id = %(roster)s
    ), lonely AS (
        SELECT scope.* FROM scope WHERE NOT EXISTS (SELECT FROM matched WHERE matched.case_id = scope.id)
          AND (%(school)s::bigint IS NULL OR NOT EXISTS (
              SELECT FROM cases_rosterrow elsewhere WHERE elsewhere.roster_id = %(county_list)s AND elsewhere.student_id = scope.student_id
                AND elsewhere.school_id <> %(school)s))
    ), strange AS (
        SELECT line.* FROM cases_rosterrow line
        WHERE line.roster_id = %(roster)s AND NOT EXISTS (SELECT FROM matched WHERE matched.id = line.id)
          AND (line.school_id IS NULL OR line.school_id <> ALL(%(newer)s::bigint[]))
          AND NOT EXISTS (SELECT FROM cases_case other WHERE other.student_id = line.student_id AND other.county_id = %(county)s
                          AND other.school_id IS DISTINCT FROM %(school)s::bigint)
    ), likely AS (
        SELECT DISTINCT ON (strange.id) strange.id AS row_id, lonely.id AS case_id, lonely.school_id AS our_school, strange.person,
               lonely.standing AS ours, strange.standing AS theirs
        FROM strange JOIN lonely ON lonely.name = strange.name AND lonely.born_on = strange.born_on
             AND (lonely.school_id = strange.school_id OR lonely.school_id IS NULL OR strange.school_id IS NULL)
        WHERE strange.student_id IS NULL AND NOT EXISTS (
            SELECT FROM cases_discrepancy settled WHERE settled.county_id = %(county)s AND settled.kind = 'possible'
              AND settled.settled = 'not_same' AND settled.key = format('c%%s:%%s', lonely.id, strange.person))
        ORDER BY strange.id, lonely.counts DESC, lonely.id
    ), found AS (
        SELECT 'missing_there' AS kind, 'c' || lonely.id AS key, lonely.id AS case_id, NULL::bigint AS row_id, lonely.school_id,
               lonely.standing::text AS ours, '' AS theirs, lonely.standing::text AS said
        FROM lonely WHERE counts AND lonely.id NOT IN (SELECT case_id FROM likely)
        UNION ALL
        SELECT 'missing_here', 'p' || person, NULL, id, school_id, '', standing, standing FROM strange
        WHERE id NOT IN (SELECT row_id FROM likely) AND standing NOT IN ('suspected', 'not_dropout', 'on_leave')
        UNION ALL
        SELECT 'possible', format('c%%s:%%s', case_id, person), case_id, row_id, our_school, ours, theirs, '' FROM likely
        UNION ALL
        SELECT 'status', 'c' || case_id, case_id, id, our_school, ours, standing, ours || '>' || standing FROM matched WHERE ours <> standing
        UNION ALL
        SELECT 'identity', 'c' || case_id, case_id, id, our_school, CASE WHEN our_tail = '' THEN '' ELSE our_head || '***********' || our_tail END,
               CASE WHEN id_tail = '' THEN '' ELSE id_head || '***********' || id_tail END, left(our_hash, 20) || '>' || left(id_hash, 20)
        FROM matched WHERE our_hash <> id_hash
        UNION ALL
        SELECT 'roll', 'c' || case_id, case_id, id, our_school, our_roll, roll_number, our_roll || '>' || roll_number || '>' || left(roll_hash, 20)
        FROM matched WHERE our_roll <> '' AND roll_number <> '' AND (our_roll <> roll_number OR (roll_hash <> '' AND roll_hash <> our_hash))
    )
"""
)

SEEN = (
    FOUND
    + """
    UPDATE cases_discrepancy old SET seen_in_id = %(roster)s, row_id = found.row_id,
        county_list_id = CASE WHEN %(school)s::bigint IS NULL THEN %(roster)s ELSE old.county_list_id END,
        ours = found.ours, theirs = found.theirs, said = found.said
    FROM found WHERE old.county_id = %(county)s AND old.settled = '' AND old.kind = found.kind AND old.key = found.key
    """
)

# The school answers, else the bureau; where one person holds that post alone, it is that person's.
NEW = (
    FOUND
    + """, wanted AS (
        SELECT found.*, coalesce(found.school_id, %(bureau)s) AS unit,
               CASE WHEN found.school_id IS NULL THEN 'county_officer' ELSE 'principal' END AS role
        FROM found
        WHERE NOT EXISTS (SELECT FROM cases_discrepancy old WHERE old.county_id = %(county)s AND old.settled = ''
                          AND old.kind = found.kind AND old.key = found.key)
          AND NOT EXISTS (SELECT FROM cases_discrepancy old WHERE old.county_id = %(county)s AND old.settled = 'both_right'
                          AND old.kind = found.kind AND old.key = found.key AND old.said = found.said)
    ), alone AS (
        SELECT organisation_id, role, min(user_id) AS holder
        FROM cases_appointment post JOIN cases_user person ON person.id = post.user_id
        WHERE person.is_active AND since <= %(today)s AND (until IS NULL OR until >= %(today)s)
          AND (organisation_id, role) IN (SELECT unit, role FROM wanted)
        GROUP BY organisation_id, role HAVING count(DISTINCT user_id) = 1
    )
    INSERT INTO cases_discrepancy (county_id, school_id, kind, key, case_id, row_id, ours, theirs, said, found_in_id, seen_in_id,
                                   county_list_id, organisation_id, holder_id, settled, reason)
    SELECT %(county)s, wanted.school_id, wanted.kind, wanted.key, wanted.case_id, wanted.row_id, wanted.ours, wanted.theirs, wanted.said,
           %(roster)s, %(roster)s, CASE WHEN %(school)s::bigint IS NULL THEN %(roster)s END, wanted.unit, alone.holder, '', ''
    FROM wanted LEFT JOIN alone ON alone.organisation_id = wanted.unit AND alone.role = wanted.role
    ON CONFLICT DO NOTHING
    """
)

# A county's list settles by silence whatever lies in its county and was last shown on or before its day. One school's list settles
# 1. what it speaks of: the difference of a child of this school, or of a person, that stands on it without that difference;
# 2. what ours alone decides: a child that need not stand there any more;
# 3. by silence only what no list but this school's own ever showed.
GONE = (
    OURS
    + """
    UPDATE cases_discrepancy old SET settled = 'gone', settled_at = %(now)s, settled_in_id = %(roster)s
    WHERE old.county_id = %(county)s AND old.settled = '' AND old.seen_in_id <> %(roster)s
      AND (old.school_id IS NULL OR old.school_id <> ALL(%(newer)s::bigint[]))
      AND (%(school)s::bigint IS NULL
           OR EXISTS (SELECT FROM scope JOIN cases_rosterrow line ON line.student_id = scope.student_id
                      WHERE scope.id = old.case_id AND line.roster_id = %(roster)s)
           OR (old.kind = 'missing_here' AND EXISTS (
               SELECT FROM cases_rosterrow line WHERE line.roster_id = %(roster)s AND line.student_id IS NOT NULL AND old.key = 'p' || line.person))
           OR (old.kind = 'missing_there' AND EXISTS (SELECT FROM scope WHERE scope.id = old.case_id AND NOT scope.counts))
           OR (old.school_id = %(school)s AND old.county_list_id IS NULL
               AND (SELECT first.school_id FROM cases_roster first WHERE first.id = old.found_in_id) = %(school)s))
    """
)

TALLY = (
    OURS
    + """, people AS (
        SELECT scope.school_id FROM scope WHERE scope.counts
        UNION ALL
        SELECT coalesce(scope.school_id, line.school_id) FROM cases_rosterrow line LEFT JOIN scope ON scope.student_id = line.student_id
        WHERE line.roster_id = %(roster)s AND scope.counts IS NOT TRUE AND (line.school_id IS NULL OR line.school_id <> ALL(%(newer)s::bigint[]))
          AND NOT EXISTS (  -- perhaps one child, and counted once
            SELECT FROM cases_discrepancy pair WHERE pair.row_id = line.id AND pair.kind = 'possible' AND pair.settled = '')
    )
    INSERT INTO cases_tally (roster_id, county_id, school_id, children)
    SELECT %(roster)s, %(county)s, school_id, count(*) FROM people GROUP BY school_id
    """
)

# Lines of older lists that no difference needs any more are children's data without a purpose.
OUTDATED = """
DELETE FROM cases_rosterrow line USING cases_roster old
WHERE old.id = line.roster_id AND old.county_id = %(county)s AND old.school_id IS NOT DISTINCT FROM %(school)s AND old.state = 'compared'
  AND old.id <> %(roster)s AND NOT EXISTS (SELECT FROM cases_discrepancy kept WHERE kept.row_id = line.id)
"""

SHOWN = (
    OURS
    + """
    SELECT scope.id, line.entered_on FROM cases_rosterrow line JOIN scope ON scope.student_id = line.student_id
    JOIN cases_case one ON one.id = scope.id
    WHERE line.roster_id = %(roster)s AND one.entered_ledger_on IS NOT NULL AND one.in_roll_ledger_on IS NULL
    ORDER BY scope.id
    """
)

PREVIEW = FOUND + " SELECT kind, count(*) FROM found GROUP BY kind"
