"""What is pinned to a review when it begins: review.yaml as it is then."""

from __future__ import annotations

from models.review import AskRule, ReviewRules
from policies.directory import Directory
from policies.documents.review import ReviewDocument
from policies.durations import seconds_in
from policies.sheets import pinning
from policies.sheets.pinning import Installation


def pin(
    document: ReviewDocument, directory: Directory, version: str, installation: Installation
) -> ReviewRules:
    """The rules of one review; `version` is the content hash of the policy directory."""
    asked = {document.owner, *document.deputies}
    for entry in document.asks:
        asked |= {entry.owner, *entry.deputies}
    product = {one.id for role in document.product_roles for one in directory.with_role(role)}
    return ReviewRules(
        sheet=pinning.pin(
            directory,
            version,
            issue_type=document.issue_type,
            asked=asked,
            remind_before=document.remind_before,
            late=document.late,
            installation=installation,
        ),
        owner=document.owner,
        deputies=document.deputies,
        answers_within=seconds_in(document.answers_within),
        closes_after=seconds_in(document.closes_after),
        asks=tuple(
            AskRule(
                figure=entry.figure,
                at_least=entry.at_least,
                words=entry.words,
                owner=entry.owner,
                deputies=entry.deputies,
            )
            for entry in document.asks
        ),
        product_people=tuple(sorted(product)),
    )
