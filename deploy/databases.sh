#!/bin/sh
# Run once by PostgreSQL's image, on an empty volume: two users that see their own databases only.
set -eu

create() { # user, password, databases…
    user="$1" password="$2"
    shift 2
    psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --set "user=$user" --set "password=$password" <<'SQL'
CREATE USER :"user" PASSWORD :'password';
SQL
    for database in "$@"; do
        psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --set "user=$user" --set "database=$database" <<'SQL'
CREATE DATABASE :"database" OWNER :"user";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
SQL
    done
}

create followthrough "$POSTGRES_PASSWORD_OF_LEDGER" ledger
create temporal "$POSTGRES_PASSWORD_OF_TEMPORAL" temporal temporal_visibility
