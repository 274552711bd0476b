"""Facts and their seals are only added: the database itself refuses to change or delete one, and queues each for sealing.

Row triggers, none on TRUNCATE: the tests empty their tables that way, and production's role owns no table.
"""

from django.db import migrations

ADD = """
CREATE FUNCTION diary_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or deleted', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION diary_queue_for_sealing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO diary_awaitingseal (fact_id) VALUES (NEW.id);
    RETURN NULL;
END $$;

CREATE TRIGGER fact_never_changes BEFORE UPDATE OR DELETE ON diary_fact
    FOR EACH ROW EXECUTE FUNCTION diary_refuse_change();
CREATE TRIGGER seal_never_changes BEFORE UPDATE OR DELETE ON diary_sealed
    FOR EACH ROW EXECUTE FUNCTION diary_refuse_change();
CREATE TRIGGER fact_is_queued_for_sealing AFTER INSERT ON diary_fact
    FOR EACH ROW EXECUTE FUNCTION diary_queue_for_sealing();
"""

REMOVE = """
DROP TRIGGER fact_is_queued_for_sealing ON diary_fact;
DROP TRIGGER seal_never_changes ON diary_sealed;
DROP TRIGGER fact_never_changes ON diary_fact;
DROP FUNCTION diary_queue_for_sealing();
DROP FUNCTION diary_refuse_change();
"""


class Migration(migrations.Migration):
    """Adds the triggers."""

    dependencies = [("diary", "0001_facts_and_their_chain")]

    operations = [migrations.RunSQL(ADD, REMOVE)]
