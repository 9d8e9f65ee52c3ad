-- What one database needs, run inside it by config/stack/provision.py, as often as you like.
-- Statements are separated by a line of three dashes.

-- Nobody gets in who is not named here.
REVOKE ALL ON DATABASE {database} FROM PUBLIC
---
GRANT CONNECT ON DATABASE {database} TO {app}
---
-- The owner of the database owns `public` too (pg_database_owner), and alone may make things in it.
REVOKE ALL ON SCHEMA public FROM PUBLIC
---
GRANT USAGE ON SCHEMA public TO {app}, {national}
---
REVOKE CREATE ON SCHEMA public FROM {app}, {national}
---
-- Exclusion constraints over a force and a range of time.
CREATE EXTENSION IF NOT EXISTS btree_gist
---
-- Search that forgives typing errors and accents.
CREATE EXTENSION IF NOT EXISTS pg_trgm
---
CREATE EXTENSION IF NOT EXISTS unaccent
---
-- E-mail addresses are the same in capitals.
CREATE EXTENSION IF NOT EXISTS citext
