"""Everybody whom the demonstration plays: the team of Lumen Notes and its customers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Played:
    """A played person. `email` and `password` sign in to the local Jira and are good only there."""

    id: str
    name: str
    email: str
    password: str
    segment: str = "standard"
    plan: str = "Free"
    revenue_minor: int = 0
    country: str = "DE"
    zone: str = "Europe/Berlin"


def _colleague(person: str, role: str) -> Played:
    name = person.capitalize()
    return Played(
        id=person,
        name=f"{name} {role.capitalize()}",
        email=f"{person}.{role}@followthrough.example",
        password=f"local-{person}",
    )


STAFF: dict[str, Played] = {
    person: _colleague(person, role)
    for person, role in (
        ("ada", "agent"),
        ("omar", "owner"),
        ("lena", "lead"),
        ("fay", "finance"),
        ("finn", "finance"),
        ("sam", "security"),
        ("eve", "executive"),
        ("petra", "product"),
    )
}
"""Accounts that the local Jira is seeded with, by their id in people.yaml."""

ADMINISTRATOR = Played("admin", "Alma Admin", "admin@followthrough.example", "local-admin")


def _customer(
    person: str, name: str, segment: str, plan: str, revenue: int, country: str, zone: str
) -> Played:
    return Played(
        id=person,
        name=f"{name} (played)",
        email=f"{person}@lumen-customers.example",
        password=f"lumen-{person}",
        segment=segment,
        plan=plan,
        revenue_minor=revenue,
        country=country,
        zone=zone,
    )


_ROWS = (
    ("mia", "Mia Sommer", "standard", "Plus", 4_800, "DE", "Europe/Berlin"),
    ("noah", "Noah Ferris", "standard", "Plus", 4_800, "US", "America/Chicago"),
    ("ines", "Inês Prado", "standard", "Free", 0, "PT", "Europe/Lisbon"),
    ("bjorn", "Bjørn Aas", "smb", "Team", 118_800, "NO", "Europe/Oslo"),
    ("tilda", "Tilda Brook", "standard", "Plus", 4_800, "GB", "Europe/London"),
    ("yuki", "Yuki Hara", "standard", "Plus", 4_800, "JP", "Asia/Tokyo"),
    ("jonas", "Jonas Keller", "smb", "Team", 59_400, "DE", "Europe/Berlin"),
    ("priya", "Priya Nair", "standard", "Plus", 4_800, "IN", "Asia/Kolkata"),
    ("oskar", "Oskar Lind", "standard", "Plus", 4_800, "SE", "Europe/Stockholm"),
    ("dora", "Dora Vance", "standard", "Plus", 4_800, "IE", "Europe/Dublin"),
    ("hugo", "Hugo Marchand", "standard", "Plus", 4_800, "FR", "Europe/Paris"),
    ("lea", "Lea Winter", "standard", "Plus", 4_800, "AT", "Europe/Vienna"),
    ("amir", "Amir Haddad", "standard", "Plus", 4_800, "NL", "Europe/Amsterdam"),
    ("greta", "Greta Holm", "standard", "Plus", 4_800, "DK", "Europe/Copenhagen"),
    ("piotr", "Piotr Zieba", "standard", "Plus", 4_800, "PL", "Europe/Warsaw"),
    ("harbor", "Harbor Clinic", "enterprise", "Enterprise", 24_000_000, "GB", "Europe/London"),
    (
        "northwind",
        "Northwind School",
        "enterprise",
        "Enterprise",
        9_600_000,
        "CA",
        "America/Toronto",
    ),
    ("atelier", "Atelier Roux", "smb", "Team", 142_000, "FR", "Europe/Paris"),
    ("cleo", "Cleo Dahl", "standard", "Plus", 4_800, "NO", "Europe/Oslo"),
    ("rafael", "Rafael Souza", "standard", "Free", 0, "BR", "America/Sao_Paulo"),
    ("nadia", "Nadia Kovac", "standard", "Plus", 4_800, "HR", "Europe/Zagreb"),
    ("wes", "Wes Porter", "standard", "Plus", 4_800, "US", "America/Denver"),
    ("sofia", "Sofia Ricci", "standard", "Plus", 4_800, "IT", "Europe/Rome"),
    ("emil", "Emil Novak", "standard", "Plus", 4_800, "CZ", "Europe/Prague"),
    ("june", "June Abara", "standard", "Plus", 4_800, "NG", "Africa/Lagos"),
    ("victor", "Victor Blanc", "standard", "Plus", 4_800, "BE", "Europe/Brussels"),
)
CUSTOMERS: dict[str, Played] = {row[0]: _customer(*row) for row in _ROWS}
"""Made-up customers; each gets a customer account in the local Jira."""
