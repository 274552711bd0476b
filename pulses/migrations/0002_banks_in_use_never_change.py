"""A bank that a wave has asked from refuses every change of its questions, whoever asks."""

from django.db import migrations

FORWARDS = """
CREATE FUNCTION pulses_keep_used_questions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    bank bigint := CASE WHEN TG_OP = 'INSERT' THEN NEW.bank_id ELSE OLD.bank_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM pulses_questionbank WHERE id = bank AND first_used_at IS NOT NULL) THEN
        RAISE EXCEPTION 'a question bank that has been used never changes: load a new version'
            USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'used_bank_never_changes';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER used_bank_never_changes BEFORE INSERT OR UPDATE OR DELETE ON pulses_question
FOR EACH ROW EXECUTE FUNCTION pulses_keep_used_questions();

CREATE FUNCTION pulses_keep_used_bank() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a question bank that has been used never changes: load a new version'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'used_bank_never_changes';
END $$;
CREATE TRIGGER used_bank_never_changes BEFORE UPDATE OR DELETE ON pulses_questionbank
FOR EACH ROW WHEN (OLD.first_used_at IS NOT NULL) EXECUTE FUNCTION pulses_keep_used_bank();
"""

BACKWARDS = """
DROP TRIGGER used_bank_never_changes ON pulses_questionbank;
DROP TRIGGER used_bank_never_changes ON pulses_question;
DROP FUNCTION pulses_keep_used_bank();
DROP FUNCTION pulses_keep_used_questions();
"""


class Migration(migrations.Migration):
    dependencies = [("pulses", "0001_banks_programmes_and_waves")]
    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
