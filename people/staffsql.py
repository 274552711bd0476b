"""The SQL of the staff import: constant text only; every value travels as a parameter or through COPY.

Two temporary tables hold the file, a third the plan: what would happen to whom. The trial run stops there.
"""

# fmt: off
STAFF_COLUMNS = [
    "line", "number", "full_name", "search_key", "sort_key", "email", "unit_code", "manager", "language", "time_zone",
    "role_family", "frontline", "site", "shift", "gender", "kiosk", "hired_on", "left_on", "away_from", "away_until",
]
UNIT_COLUMNS = [
    "code", "name_vi", "name_en", "parent", "has_parent", "leader", "has_leader", "deputy", "has_deputy", "search_key",
    "sort_key",
]
# fmt: on

CREATE_ROWS = """
    DROP TABLE IF EXISTS pg_temp.staff_rows, pg_temp.unit_rows, pg_temp.staff_plan;
    CREATE TEMP TABLE staff_rows (
        line integer, number text, full_name text, search_key text, sort_key text, email text, unit_code text,
        manager text, language text, time_zone text, role_family text, frontline boolean, site text, shift text,
        gender text, kiosk boolean, hired_on date, left_on date, away_from date, away_until date,
        number_key text GENERATED ALWAYS AS (upper(number)) STORED,
        unit_key text GENERATED ALWAYS AS (upper(unit_code)) STORED,
        manager_key text GENERATED ALWAYS AS (upper(manager)) STORED
    );
    CREATE TEMP TABLE unit_rows (
        code text, name_vi text, name_en text, parent text, has_parent boolean, leader text, has_leader boolean,
        deputy text, has_deputy boolean, search_key text, sort_key text,
        code_key text GENERATED ALWAYS AS (upper(code)) STORED,
        parent_key text GENERATED ALWAYS AS (upper(parent)) STORED,
        leader_key text GENERATED ALWAYS AS (upper(leader)) STORED,
        deputy_key text GENERATED ALWAYS AS (upper(deputy)) STORED
    )
"""
DROP_ROWS = "DROP TABLE IF EXISTS pg_temp.staff_rows, pg_temp.unit_rows, pg_temp.staff_plan"
ANALYZE_ROWS = "ANALYZE staff_rows; ANALYZE unit_rows"
COPY_STAFF = f"COPY staff_rows ({', '.join(STAFF_COLUMNS)}) FROM STDIN"
COPY_UNITS = f"COPY unit_rows ({', '.join(UNIT_COLUMNS)}) FROM STDIN"

# Any number will do, so long as nothing else takes the same one.
LOCK = "SELECT pg_advisory_xact_lock(7205759403792793)"

# Columns that are compared and written only when the file has them: file column -> (column, value in the file).
OPTIONAL = {
    "email": ("email", "r.email"),
    "role_family": ("role_family", "r.role_family"),
    "frontline": ("frontline", "r.frontline"),
    "site": ("site", "r.site"),
    "shift": ("shift", "r.shift"),
    "gender": ("gender", "r.gender"),
    "kiosk": ("kiosk", "r.kiosk"),
    "hired_on": ("hired_on", "r.hired_on"),
    "away_from": ("away_from", "r.away_from"),
    "away_until": ("away_until", "r.away_until"),
    "time_zone": ("time_zone", "COALESCE(r.time_zone, e.time_zone)"),
}
_LEAVES = "COALESCE(r.left_on <= %(today)s, FALSE)"
_HAS_LEFT = "COALESCE(e.left_on <= %(today)s, FALSE)"


def left_on(mapped: set[str]) -> str:
    """A person in the file is here, unless the file itself says since when not. A date set by hand to come stays."""
    return "r.left_on" if "left_on" in mapped else f"CASE WHEN {_HAS_LEFT} THEN NULL ELSE e.left_on END"


def plan(mapped: set[str]) -> str:
    """What would happen to each person in the file, and to each person who is not in it."""
    names = ["full_name", *[name for name in OPTIONAL if name in mapped], "left_on"]
    pairs = [OPTIONAL[name] for name in OPTIONAL if name in mapped]
    ours = ["e.full_name", *[f"e.{column}" for column, _ in pairs], "e.left_on"]
    theirs = ["r.full_name", *[value for _, value in pairs], left_on(mapped)]
    if "manager" in mapped:
        names.append("manager")
        ours.append("upper(m.number)")
        theirs.append("r.manager_key")
    differs = [
        f"CASE WHEN {our} IS DISTINCT FROM {their} THEN '{name}' END"
        for name, our, their in zip(names, ours, theirs, strict=True)
    ]
    moved = "upper(u.code) IS DISTINCT FROM r.unit_key" if "unit_code" in mapped else "FALSE"
    # Other capitals are written as the file has them, but they are the same address.
    readdressed = "lower(e.email) IS DISTINCT FROM lower(r.email)" if "email" in mapped else "FALSE"
    return f"""
        CREATE TEMP TABLE staff_plan AS
        SELECT r.line, r.number_key, e.id AS employee_id,
            e.id IS NULL AS added,
            e.id IS NOT NULL AND ROW({", ".join(ours)}) IS DISTINCT FROM ROW({", ".join(theirs)}) AS changed,
            CASE WHEN e.id IS NOT NULL THEN array_remove(ARRAY[{", ".join(differs)}], NULL) END AS fields,
            e.id IS NOT NULL AND {moved} AS moved,
            e.id IS NOT NULL AND {readdressed} AS readdressed,
            e.email AS old_email,
            {_HAS_LEFT} AND NOT {_LEAVES} AS returned,
            e.id IS NOT NULL AND NOT {_HAS_LEFT} AND {_LEAVES} AS leaving
        FROM staff_rows r
        LEFT JOIN people_employee e ON upper(e.number) = r.number_key
        LEFT JOIN people_unit u ON u.id = e.unit_id
        LEFT JOIN people_employee m ON m.id = e.manager_id
        UNION ALL
        SELECT NULL, upper(e.number), e.id, FALSE, FALSE, NULL, FALSE, FALSE, NULL, FALSE, TRUE
        FROM people_employee e
        WHERE NOT {_HAS_LEFT} AND NOT e.is_superuser
            AND NOT EXISTS (SELECT FROM staff_rows r WHERE r.number_key = upper(e.number))
    """


COUNTS = """
    SELECT count(*) FILTER (WHERE added),
        count(*) FILTER (WHERE changed AND NOT (leaving OR returned OR moved)),
        count(*) FILTER (WHERE moved), count(*) FILTER (WHERE leaving), count(*) FILTER (WHERE returned),
        count(*) FILTER (WHERE NOT (added OR changed OR moved OR leaving OR returned)), count(line)
    FROM staff_plan
"""
ACTIVE = """
    SELECT count(*) FROM people_employee
    WHERE NOT is_superuser AND (left_on IS NULL OR left_on > %(today)s)
"""
UNIT_COUNTS = """
    SELECT count(*) FILTER (WHERE u.id IS NULL),
        count(*) FILTER (WHERE u.id IS NOT NULL AND (
            ROW(u.name_vi, u.name_en) IS DISTINCT FROM ROW(r.name_vi, r.name_en)
            OR r.has_parent AND upper(p.code) IS DISTINCT FROM r.parent_key
            OR r.has_leader AND upper(l.number) IS DISTINCT FROM r.leader_key
            OR r.has_deputy AND upper(d.number) IS DISTINCT FROM r.deputy_key))
    FROM unit_rows r
    LEFT JOIN people_unit u ON upper(u.code) = r.code_key
    LEFT JOIN people_unit p ON p.id = u.parent_id
    LEFT JOIN people_employee l ON l.id = u.leader_id
    LEFT JOIN people_employee d ON d.id = u.deputy_id
"""
SAMPLES = """
    SELECT p.kind, p.number, p.full_name, p.unit_before, p.unit_after, p.fields FROM (
        SELECT k.kind, COALESCE(r.number, e.number) AS number, COALESCE(r.full_name, e.full_name) AS full_name,
            CASE WHEN u.id IS NOT NULL THEN jsonb_build_object('vi', u.name_vi, 'en', u.name_en) END AS unit_before,
            CASE WHEN r.unit_code <> '' THEN jsonb_build_object(
                'vi', COALESCE(named.name_vi, known.name_vi, r.unit_code),
                'en', COALESCE(named.name_en, known.name_en, r.unit_code)
            ) END AS unit_after,
            COALESCE(s.fields, ARRAY[]::text[]) AS fields,
            row_number() OVER (PARTITION BY k.kind ORDER BY COALESCE(r.sort_key, e.sort_key), s.number_key) AS place
        FROM staff_plan s
        CROSS JOIN LATERAL (VALUES ('added', s.added), ('moved', s.moved), ('left', s.leaving),
            ('returned', s.returned),
            ('changed', s.changed AND NOT (s.leaving OR s.returned OR s.moved))) AS k(kind, holds)
        LEFT JOIN staff_rows r ON r.number_key = s.number_key
        LEFT JOIN people_employee e ON e.id = s.employee_id
        LEFT JOIN people_unit u ON u.id = e.unit_id
        LEFT JOIN unit_rows named ON named.code_key = r.unit_key
        LEFT JOIN people_unit known ON upper(known.code) = r.unit_key
        WHERE k.holds
    ) p WHERE p.place <= 20 ORDER BY p.kind, p.place
"""

ADD_UNITS = """
    INSERT INTO people_unit (code, name_vi, name_en, search_key, sort_key)
    SELECT r.code, r.name_vi, r.name_en, r.search_key, r.sort_key FROM unit_rows r
    ON CONFLICT (upper(code)) DO UPDATE
        SET name_vi = EXCLUDED.name_vi, name_en = EXCLUDED.name_en, search_key = EXCLUDED.search_key,
            sort_key = EXCLUDED.sort_key
        WHERE ROW(people_unit.name_vi, people_unit.name_en, people_unit.search_key, people_unit.sort_key)
            IS DISTINCT FROM ROW(EXCLUDED.name_vi, EXCLUDED.name_en, EXCLUDED.search_key, EXCLUDED.sort_key)
"""
PLACE_UNITS = """
    UPDATE people_unit u SET parent_id = p.id
    FROM unit_rows r LEFT JOIN people_unit p ON upper(p.code) = r.parent_key
    WHERE upper(u.code) = r.code_key AND r.has_parent AND u.parent_id IS DISTINCT FROM p.id
"""
# An address may pass from one person to another, or be swapped: it is let go before it is given.
FREE_EMAILS = """
    UPDATE people_employee e SET email = NULL
    FROM staff_rows r WHERE r.email = lower(e.email) AND r.number_key <> upper(e.number)
"""


def change_people(mapped: set[str]) -> str:
    """Write what differs, and nothing else, so that applying the same file twice writes nothing."""
    pairs = [OPTIONAL[name] for name in OPTIONAL if name in mapped]
    writes = ["full_name = r.full_name", "search_key = r.search_key", "sort_key = r.sort_key"]
    writes += [f"{column} = {value}" for column, value in pairs]
    if "unit_code" in mapped:
        writes.append("unit_id = (SELECT u.id FROM people_unit u WHERE upper(u.code) = r.unit_key)")
    return f"""
        UPDATE people_employee e SET {", ".join(writes)},
            left_on = {left_on(mapped)},
            is_active = NOT {_LEAVES},
            counts_from = CASE WHEN s.returned THEN %(today)s + 30 ELSE e.counts_from END,
            contact_changed_at = CASE WHEN s.readdressed THEN %(now)s ELSE e.contact_changed_at END
        FROM staff_rows r JOIN staff_plan s USING (number_key)
        WHERE e.id = s.employee_id AND (s.changed OR s.moved OR s.returned OR s.leaving)
    """


# Whoever is new cannot sign in with a password until one is set: "!" and 32 random digits is Django's mark for that.
ADD_PEOPLE = """
    INSERT INTO people_employee (
        password, number, email, full_name, search_key, sort_key, language, time_zone, unit_id, role_family, frontline,
        site, shift, gender, kiosk, hired_on, left_on, away_from, away_until, first_seen_on, counts_from,
        reminders_off, mail_on, is_active, is_staff, is_superuser, must_change_password)
    SELECT '!' || replace(gen_random_uuid()::text, '-', ''), r.number, r.email, r.full_name, r.search_key, r.sort_key,
        COALESCE(r.language, %(language)s), COALESCE(r.time_zone, %(time_zone)s), u.id, r.role_family, r.frontline,
        r.site, r.shift, r.gender, r.kiosk, r.hired_on, r.left_on, r.away_from, r.away_until, %(today)s,
        %(counts_from)s, FALSE, TRUE, r.left_on IS NULL OR r.left_on > %(today)s, FALSE, FALSE, FALSE
    FROM staff_rows r JOIN staff_plan s USING (number_key) LEFT JOIN people_unit u ON upper(u.code) = r.unit_key
    WHERE s.added
"""
SET_MANAGERS = """
    UPDATE people_employee e SET manager_id = m.id
    FROM staff_rows r LEFT JOIN people_employee m ON upper(m.number) = r.manager_key
    WHERE upper(e.number) = r.number_key AND e.manager_id IS DISTINCT FROM m.id
"""
SET_LEADERS = """
    UPDATE people_unit u SET
        leader_id = CASE WHEN r.has_leader THEN l.id ELSE u.leader_id END,
        deputy_id = CASE WHEN r.has_deputy THEN d.id ELSE u.deputy_id END
    FROM unit_rows r
    LEFT JOIN people_employee l ON upper(l.number) = r.leader_key
    LEFT JOIN people_employee d ON upper(d.number) = r.deputy_key
    WHERE upper(u.code) = r.code_key
        AND (r.has_leader AND u.leader_id IS DISTINCT FROM l.id OR r.has_deputy AND u.deputy_id IS DISTINCT FROM d.id)
"""
LET_GO = """
    UPDATE people_employee e SET left_on = %(today)s, is_active = FALSE
    FROM staff_plan s WHERE s.employee_id = e.id AND s.leaving AND s.line IS NULL
"""
DROP_CODES_OF_LEAVERS = """
    DELETE FROM people_onetimecode c USING people_employee e WHERE e.id = c.employee_id AND NOT e.is_active
"""
DROP_ADDRESSES = """
    DELETE FROM account_emailaddress a USING people_employee e
    WHERE a.user_id = e.id AND (e.email IS NULL OR lower(a.email) <> lower(e.email))
"""
ADD_ADDRESSES = """
    INSERT INTO account_emailaddress (user_id, email, verified, "primary")
    SELECT e.id, lower(e.email), TRUE, TRUE FROM people_employee e
    WHERE e.email IS NOT NULL AND NOT EXISTS (SELECT FROM account_emailaddress a WHERE a.user_id = e.id)
"""
# Who has another address now. Somebody who is not here any more is told nothing.
READDRESSED = """
    SELECT e.id, e.unit_id, CASE WHEN e.is_active THEN s.old_email END
    FROM staff_plan s JOIN people_employee e ON e.id = s.employee_id
    WHERE s.readdressed ORDER BY e.id
"""
KNOWN_UNITS = """
    SELECT u.code, u.name_en, p.code FROM people_unit u LEFT JOIN people_unit p ON p.id = u.parent_id
"""
