"""Checks of review.yaml against the people, and of its lengths against each other."""

from __future__ import annotations

from policies.checks.findings import Problems, unknown, used_twice
from policies.checks.named_people import check_asked, check_late
from policies.directory import Directory
from policies.documents.review import ReviewDocument
from policies.durations import seconds_in
from policies.yaml_source import Source


def check_review(source: Source, document: ReviewDocument, directory: Directory | None) -> Problems:
    """Figures asked about twice, people, and a review that ends before its replies are due."""
    yield from used_twice(
        source,
        [(("asks", index, "figure"), entry.figure) for index, entry in enumerate(document.asks)],
    )
    if seconds_in(document.closes_after) <= seconds_in(document.answers_within):
        yield source.problem(
            ("closes_after",),
            "is not after answers_within",
            got=document.closes_after,
            remedy="leave time to be reminded",
        )
    yield from check_late(source, document.late, directory)
    if directory is None:
        return
    yield from check_asked(source, (), "owner", document.owner, document.deputies, directory)
    for index, entry in enumerate(document.asks):
        path = ("asks", index)
        yield from check_asked(source, path, "owner", entry.owner, entry.deputies, directory)
    for index, role in enumerate(document.product_roles):
        if role not in directory.roles:
            path = ("product_roles", index)
            yield unknown(source, path, role, directory.roles, "role that anybody has")
