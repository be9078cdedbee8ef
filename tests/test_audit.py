"""`make audit` lets nothing pass that nobody has given a reason for."""

from __future__ import annotations

from scripts.audit import new_secrets, unexplained, unpinned

FINDING = {
    "filename": "desk/page.py",
    "line_number": 2,
    "test_id": "B608",
    "issue_text": "Possible SQL injection.",
}


def judged(line: str) -> list[str]:
    return unexplained([FINDING], {"desk/page.py": ["first", line]})


def test_a_finding_whose_line_gives_its_reason_passes() -> None:
    assert judged('run(f"…")  # noqa: S608 - names from a constant') == []
    assert judged('run(f"…")  # noqa: S101, S608 - names from a constant') == []


def test_a_finding_without_a_reason_or_with_one_for_something_else_is_told() -> None:
    told = ["desk/page.py:2: S608 Possible SQL injection."]
    assert judged('run(f"…")') == told
    assert judged('run(f"…")  # noqa: S608') == told
    assert judged('run(f"…")  # noqa: S101 - an invariant') == told


def test_a_secret_that_is_not_accepted_is_told_by_its_place_and_not_repeated() -> None:
    known = {"results": {"a.py": [{"type": "Secret", "hashed_secret": "1f", "line_number": 3}]}}
    moved = {"results": {"a.py": [{"type": "Secret", "hashed_secret": "1f", "line_number": 9}]}}
    found = {"results": {"b.py": [{"type": "Secret", "hashed_secret": "1f", "line_number": 3}]}}
    assert new_secrets(moved, known) == []
    assert new_secrets(found, known) == ["b.py:3: Secret"]


def test_a_requirement_without_a_hash_is_told() -> None:
    lock = "one==1.0 \\\n    --hash=sha256:aa\n    # via x\ntwo==2.0\n    # via y\n"
    assert unpinned(lock) == ["two==2.0"]
    assert unpinned(lock.replace("two==2.0", "two==2.0 \\\n    --hash=sha256:bb")) == []
