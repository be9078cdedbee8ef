"""Puts a seed into a new database, and takes everything out again for a reset."""

import sqlite3
from typing import TYPE_CHECKING

from local_jira.changes.create import create_issue
from local_jira.changes.work import Work
from local_jira.failures import RefusalError
from local_jira.seed_check import json_path
from local_jira.seed_file import Seed, SeedError, SeedUser, parse_seed, read_seed
from local_jira.store.accounts import Account, all_accounts, hash_secret, save_account

if TYPE_CHECKING:
    from pathlib import Path

    from local_jira.site import Site

TABLES = (
    "approval", "feedback", "attachment", "old_key", "task", "delivery", "webhook", "dynamic_webhook", "journal", "history", "watcher", "remote_link", "link", "property",
    "comment", "search_pending", "search_index", "issue", "account", "sequence", "meta",
)  # fmt: skip


def load_seed(connection: sqlite3.Connection, file: "Path") -> Seed:
    """The seed this database was made from; a new database takes it from the file.

    Later edits of the file do not touch an existing site: its issues refer to the old ids.
    """
    row = connection.execute("SELECT value FROM meta WHERE name = 'seed'").fetchone()
    if row:
        return parse_seed(row["value"], "the stored seed")
    seed = read_seed(file)
    connection.execute(
        "INSERT INTO meta (name, value) VALUES ('seed', ?)", (seed.model_dump_json(),)
    )
    return seed


def stored_seed(connection: sqlite3.Connection) -> Seed:
    """The definitions as they are now: the seed with the components and versions made since."""
    row = connection.execute("SELECT value FROM meta WHERE name = 'seed'").fetchone()
    return parse_seed(row["value"], "the stored seed")


def keep_seed(connection: sqlite3.Connection, seed: Seed) -> None:
    """Put changed definitions in the place of the stored ones."""
    connection.execute("UPDATE meta SET value = ? WHERE name = 'seed'", (seed.model_dump_json(),))


def plant(site: "Site", connection: sqlite3.Connection) -> None:
    """Create the seed's people and issues, once; raises SeedError for an issue that cannot be."""
    if connection.execute("SELECT 1 FROM meta WHERE name = 'planted'").fetchone():
        return
    seed = site.catalog.seed
    for user in seed.users:
        save_account(connection, _account(user))
    author = next(account for account in all_accounts(connection) if account.is_admin)
    for number, issue in enumerate(seed.issues):
        work = Work(site, connection, author)
        fields = {"project": {"key": issue.project}, **issue.fields}
        try:
            create_issue(work, {"fields": fields}, "2")
        except RefusalError as refusal:
            words = " ".join((*refusal.messages, *refusal.errors.values()))
            place = json_path("issues", number, "fields", *list(refusal.errors)[:1])
            raise SeedError(f"{site.settings.seed}: at {place}: {words}") from refusal
        work.finish(None)
    connection.execute("INSERT INTO meta (name, value) VALUES ('planted', 'yes')")


def uproot(connection: sqlite3.Connection) -> None:
    """Empty every table."""
    for table in TABLES:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names from the constant above


def _account(user: SeedUser) -> Account:
    secrets = [secret for secret in (user.password, *user.tokens) if secret]
    return Account(
        account_id=user.account_id,
        email=user.email,
        display_name=user.display_name,
        account_type=user.account_type,
        active=user.active,
        time_zone=user.time_zone,
        is_admin=user.admin,
        groups=user.groups,
        secret_hashes=tuple(hash_secret(secret) for secret in secrets),
    )
