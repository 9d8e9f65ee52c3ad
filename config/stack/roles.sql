-- The three roles and what each may do. Run by config/stack/provision.py, as often as you like.
-- {owner}, {app}, {national} and {database} are names, quoted by the program that runs this.
-- Statements are separated by a line of three dashes.

-- The owner makes and migrates tables. No process that serves requests knows its password.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {owner_name}) THEN
        CREATE ROLE {owner} LOGIN;
    END IF;
END $$
---
-- The application reads and writes what migrations grant it, row by row as policies allow. It owns nothing.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {app_name}) THEN
        CREATE ROLE {app} LOGIN;
    END IF;
END $$
---
-- The national centre's reading role. Nobody signs in as it: the application takes it on for one transaction.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {national_name}) THEN
        CREATE ROLE {national} NOLOGIN;
    END IF;
END $$
---
-- A role that was there before may have more than it should. (Taking superuser rights away needs a superuser, so
-- ask only where there is something to take.)
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT rolname FROM pg_roles
        WHERE rolname IN ({owner_name}, {app_name}, {national_name})
          AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication OR rolcreatedb)
    LOOP
        EXECUTE format(
            'ALTER ROLE %I NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION NOCREATEDB', name
        );
    END LOOP;
END $$
---
ALTER ROLE {national} NOLOGIN
---
-- INHERIT FALSE matters. A policy written TO the national role would otherwise hold for the application at all
-- times, and every force would see every other.
GRANT {national} TO {app} WITH INHERIT FALSE
---
GRANT {national} TO {app} WITH SET TRUE
---
GRANT {national} TO {app} WITH ADMIN FALSE
---
-- The application must not be able to become the owner, by any earlier grant.
REVOKE {owner} FROM {app}, {national}
