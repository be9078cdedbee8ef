"""What is pinned to a theme when it is found: themes.yaml as it is then."""

from __future__ import annotations

from models.theme import ThemeRules
from policies.directory import Directory
from policies.documents.themes import ThemesDocument
from policies.durations import seconds_in
from policies.sheets import pinning
from policies.sheets.pinning import Installation


def pin(
    document: ThemesDocument, directory: Directory, version: str, installation: Installation
) -> ThemeRules:
    """The rules of one theme; `version` is the content hash of the policy directory."""
    return ThemeRules(
        sheet=pinning.pin(
            directory,
            version,
            issue_type=document.issue_type,
            asked={document.owner, *document.deputies},
            remind_before=document.remind_before,
            late=document.late,
            installation=installation,
        ),
        owner=document.owner,
        deputies=document.deputies,
        answers_within=seconds_in(document.answers_within),
        at_least_customers=document.at_least_customers,
        grown=document.reopens.grown_percent / 100,
        after_delivery=document.reopens.after_delivery,
        link=document.link,
        closing_words=document.closing_words,
        look_every=seconds_in(document.look_every),
    )
