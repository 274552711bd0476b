"""What the answer pages' database role may touch, and nothing more; without the role (see docs) nothing happens."""

from django.db import migrations

GRANT = """
DO $$ BEGIN
IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bearing_survey') THEN
    GRANT USAGE ON SCHEMA public TO bearing_survey;
    GRANT SELECT (id, invitation_id, hash) ON surveys_key TO bearing_survey;
    GRANT SELECT (id, round_id, block_id, form, counts, collected) ON surveys_invitation TO bearing_survey;
    GRANT UPDATE (collected) ON surveys_invitation TO bearing_survey;
    GRANT SELECT ON surveys_round, surveys_block, surveys_roundunit, surveys_keypair TO bearing_survey;
    GRANT INSERT ON surveys_sealedreply TO bearing_survey;
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        ALTER ROLE bearing_survey SET statement_timeout = '3s';
        ALTER ROLE bearing_survey SET log_statement = 'none';
        ALTER ROLE bearing_survey SET log_min_duration_statement = -1;
        ALTER ROLE bearing_survey SET log_duration = off;
        ALTER ROLE bearing_survey SET log_parameter_max_length = 0;
        ALTER ROLE bearing_survey SET log_min_error_statement = 'panic';
    END IF;
END IF;
END $$;
"""

REVOKE = """
DO $$ BEGIN
IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'bearing_survey') THEN
    REVOKE ALL ON surveys_key, surveys_invitation, surveys_round, surveys_block, surveys_roundunit, surveys_keypair,
        surveys_sealedreply FROM bearing_survey;
END IF;
END $$;
"""


class Migration(migrations.Migration):
    """Grants for the role `bearing_survey`."""

    dependencies = [("surveys", "0001_round_and_cells")]
    operations = [migrations.RunSQL(GRANT, REVOKE)]
