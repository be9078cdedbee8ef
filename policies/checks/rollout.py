"""Checks of rollout.yaml against the people, and of its figures against each other."""

from __future__ import annotations

from policies.checks.findings import Problems, used_twice
from policies.checks.named_people import check_asked, check_late
from policies.directory import Directory
from policies.documents.rollout import RolloutDocument
from policies.durations import seconds_in
from policies.yaml_source import Source

NEEDED = ("documentation", "enablement", "in-app-guide", "support-write-up", "validation")
"""What nobody releases without; a team may ask for more."""
WEEK = 7 * 86_400


def check_rollout(
    source: Source, document: RolloutDocument, directory: Directory | None
) -> Problems:
    """Lines that are missing, named twice or due before the checklist opens; people; figures."""
    names = [entry.name for entry in document.checklist]
    yield from used_twice(
        source, [(("checklist", index, "name"), name) for index, name in enumerate(names)]
    )
    for needed in NEEDED:
        if needed not in names:
            remedy = "add it, with an owner"
            what = f"leaves out {needed}"
            yield source.problem(("checklist",), what, remedy=remedy, of_key=True)
    for index, entry in enumerate(document.checklist):
        if seconds_in(entry.due_before) >= document.opens_weeks_before * WEEK:
            remedy = "give people time between the two"
            yield source.problem(
                ("checklist", index, "due_before"),
                "is due before the checklist opens",
                got=entry.due_before,
                remedy=remedy,
            )
        if directory:
            path = ("checklist", index)
            yield from check_asked(source, path, "owner", entry.owner, entry.deputies, directory)
    yield from check_late(source, document.late, directory)
    after = document.after_release
    if after.sentiment.bad_at_percent <= after.sentiment.fine_at_percent:
        yield source.problem(
            ("after_release", "sentiment", "bad_at_percent"),
            "is not above fine_at_percent",
            got=str(after.sentiment.bad_at_percent),
            remedy="leave a gap, or the test can never tell the two apart",
        )
    if directory:
        yield from check_asked(
            source, ("after_release",), "decides", after.decides, after.deputies, directory
        )
