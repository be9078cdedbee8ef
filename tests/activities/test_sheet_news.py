"""A checklist's issue is nobody's feedback, whoever tells of it."""

from __future__ import annotations

import pytest

from activities.sheet_news import sheet_of
from models.names import feedback_workflow_id, sheet_label, sheet_mark, sheet_workflow_of


class Marks:
    """What the ledger keeps."""

    def __init__(self, **known: str) -> None:
        self._known = known

    def known_mark(self, issue_id: str) -> str | None:
        return self._known.get(issue_id)


def test_the_label_tells_whose_issue_it_is_from_its_creation_on() -> None:
    assert sheet_of(Marks(), "10050", ["urgent", "ft-rollout-10007"]) == "rollout-10007"


def test_the_ledger_tells_where_a_comment_names_no_labels() -> None:
    marks = Marks(**{sheet_mark("10050"): "rollout-10007"})

    assert sheet_of(marks, "10050") == "rollout-10007"


@pytest.mark.parametrize("labels", [[], ["rollout-10007"], ["ft-item"], ["ft-category-rollout"]])
def test_every_other_issue_is_feedback(labels: list[str]) -> None:
    assert sheet_of(Marks(), "10050", labels) is None


def test_a_label_names_its_workflow_and_no_item() -> None:
    assert sheet_workflow_of([sheet_label("rollout-10007")]) == "rollout-10007"
    assert sheet_workflow_of([sheet_label(feedback_workflow_id("10050"))]) is None
