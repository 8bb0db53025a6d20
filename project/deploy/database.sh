#!/bin/sh
# Run once by the PostgreSQL image, when its volume is empty: the database and its two roles.
set -eu
psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres --dbname postgres \
    --set owner="$(cat /run/kongchuo/database/kc_owner)" --set app="$(cat /run/kongchuo/database/kc_app)" <<'SQL'
CREATE ROLE kc_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE kc_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'app';
CREATE DATABASE kc OWNER kc_owner;
REVOKE ALL ON DATABASE kc FROM PUBLIC;
GRANT CONNECT ON DATABASE kc TO kc_app;
SQL
psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres --dbname kc --file /run/kongchuo/database.sql
