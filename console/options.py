"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from console.said import hash_or_none, listed_person, needed_reason

Key = Annotated[str, typer.Argument(metavar="KEY", help="Issue key such as FT-12, or its id.")]
As = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="PERSON",
        callback=listed_person,
        help="Your id in people.yaml; the act is signed. "
        "Whoever can read the signing key can act as anybody listed.",
    ),
]
Reason = Annotated[
    str,
    typer.Option(
        "--reason",
        callback=needed_reason,
        help="Why, in your words; it is recorded. Needed; a terminal asks for it.",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document instead.")]
Request = Annotated[
    str | None, typer.Option("--request", metavar="ID", help="Which request, when several wait.")
]
Hash = Annotated[
    str,
    typer.Option(
        "--hash",
        metavar="HASH",
        callback=hash_or_none,
        help="The hash that `show` prints of what you looked at; another one is refused as stale.",
    ),
]
Evidence = Annotated[
    list[str] | None,
    typer.Option("--evidence", help="A comment, request or issue it rests on; may be repeated."),
]
DataDir = Annotated[
    Path | None,
    typer.Option("--data-dir", help="Directory for databases, keys and logs."),
]
