-- Before the first migration, as a superuser: psql -v owner_password=... -v portal_password=... -v survey_password=... -f roles.sql
-- The owner migrates. The portal's role owns no table, so that nobody who has its password can take the guards off the activity record.
CREATE ROLE bearing_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE bearing LOGIN PASSWORD :'portal_password';
CREATE ROLE bearing_survey LOGIN PASSWORD :'survey_password';

-- What an answer page does leaves no trace in the server's log.
ALTER ROLE bearing_survey SET statement_timeout = '3s';
ALTER ROLE bearing_survey SET log_statement = 'none';
ALTER ROLE bearing_survey SET log_duration = 'off';
ALTER ROLE bearing_survey SET log_min_duration_statement = -1;
ALTER ROLE bearing_survey SET log_parameter_max_length = 0;
ALTER ROLE bearing_survey SET log_parameter_max_length_on_error = 0;
ALTER ROLE bearing_survey SET log_min_error_statement = 'panic';

CREATE DATABASE bearing OWNER bearing_owner TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8';
REVOKE CONNECT, TEMPORARY ON DATABASE bearing FROM PUBLIC;
GRANT CONNECT ON DATABASE bearing TO bearing, bearing_survey;
GRANT TEMPORARY ON DATABASE bearing TO bearing;

\connect bearing
ALTER SCHEMA public OWNER TO bearing_owner;
GRANT USAGE ON SCHEMA public TO bearing;
ALTER DEFAULT PRIVILEGES FOR ROLE bearing_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO bearing;
ALTER DEFAULT PRIVILEGES FOR ROLE bearing_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO bearing;
