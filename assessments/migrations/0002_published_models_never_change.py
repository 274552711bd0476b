"""A published or used version refuses every change of its words, whoever asks; it can only be retired or first used."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION assessments_keep_published_model() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.code = OLD.code AND NEW.version = OLD.version AND NEW.title = OLD.title
        AND NEW.content = OLD.content AND NEW.edition = OLD.edition AND NEW.published_at IS NOT DISTINCT FROM
        OLD.published_at AND (OLD.first_used_at IS NULL OR NEW.first_used_at = OLD.first_used_at)
        AND (NEW.state = OLD.state OR (OLD.state = 'published' AND NEW.state = 'retired'))
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a maturity model that has been published or used never changes: make a new version'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'published_model_never_changes';
END $$;
CREATE TRIGGER published_model_never_changes BEFORE UPDATE OR DELETE ON assessments_maturitymodel
FOR EACH ROW WHEN (OLD.state <> 'draft' OR OLD.first_used_at IS NOT NULL)
EXECUTE FUNCTION assessments_keep_published_model();
"""

BACKWARDS = """
DROP TRIGGER published_model_never_changes ON assessments_maturitymodel;
DROP FUNCTION assessments_keep_published_model();
"""


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_maturity_models")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
