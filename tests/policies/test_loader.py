"""A policy directory loads whole or not at all, and says everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from models.people import Act
from policies.loader import load, version_of
from policies.policy_set import PolicySet
from policies.problems import PolicyError
from policies.validation import MOST_PROBLEMS


def line_of(policies: Path, file: str, words: str) -> int:
    lines = (policies / file).read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def test_the_shipped_policies_load(shipped: PolicySet) -> None:
    assert len(shipped.version) == 64
    assert shipped.taxonomy.fallback_category == "other"
    assert set(shipped.directory.permissions) == set(Act) - {Act.REPLY}


def test_a_misspelt_key_is_named_with_its_place_and_the_right_one(
    policies: Path, spoil: Callable[..., tuple[str, ...]]
) -> None:
    problems = spoil("approval.yaml", ("    quorum: 0", "    quorrum: 0"))
    line = line_of(policies, "approval.yaml", "quorrum")
    assert problems == (
        f"approval.yaml:{line}:5: rules.0.quorrum: is not known here; did you mean 'quorum'?",
    )


def test_a_misspelt_name_in_a_condition_is_named_with_its_column(
    policies: Path, spoil: Callable[..., tuple[str, ...]]
) -> None:
    problems = spoil("approval.yaml", ("action.amount_minor <= 1000", "action.amont_minor <= 1000"))
    line = line_of(policies, "approval.yaml", "amont")
    assert len(problems) == 1
    # The condition begins in column 11; CEL points at the dot before the misspelt member.
    assert problems[0].startswith(
        f"approval.yaml:{line}:17: rules.0.when: undeclared reference to 'action.amont_minor'"
    )
    assert problems[0].endswith("; did you mean 'action.amount_minor'?")


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ('"item.severety == 1"', 0, 16),
        ("'item.severety == 1'", 0, 16),
        ("|\n      item.plan == 'x' &&\n        item.severety == 'S1'", 2, 13),
        (">-\n      item.plan == 'x' &&\n      item.severety == 'S1'", 0, 11),
    ],
    ids=["double quotes", "single quotes", "literal block", "folded block points at its start"],
)
def test_the_column_is_right_however_the_condition_is_written(
    policies: Path,
    spoil: Callable[..., tuple[str, ...]],
    written: str,
    line: int,
    column: int,
) -> None:
    problems = spoil("triage.yaml", ('when: item.category == "security"', f"when: {written}"))
    begins = line_of(policies, "triage.yaml", "name: security to the security team") + 1
    assert problems[0].startswith(f"triage.yaml:{begins + line}:{column}: routes.0.when:")


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("people.yaml", "id: omar", "id: ada", "is used before, in line"),
        ("people.yaml", "acc-omar-owner", "acc-ada-agent", "is used before"),
        ("people.yaml", "behind: ada", "behind: ida", "is no person (got 'ida'); did you mean"),
        ("people.yaml", "resume: [owner, lead]", "resume: [boss]", "is no role that anybody has"),
        ("people.yaml", "  resume: [owner, lead]", "", "add resume, with [] if nobody may"),
        ("people.yaml", "  vote: [", "  votes: [", "must be 'vote', 'acknowledge'"),
        ("people.yaml", "id: ada", "id: Ada A", "must match pattern"),
        ("triage.yaml", "fallback_category: other", "fallback_category: rest", "is no category"),
        ("triage.yaml", "owner: lena", "owner: lenna", "is no person (got 'lenna'); did you mean"),
        ("triage.yaml", "owner: lena", "owner: followthrough", "is an automation account"),
        ("triage.yaml", "name: billing", "name: refund", "is used before"),
        ("triage.yaml", "severity: S1", "severity: S7", "must be 'S1', 'S2', 'S3' or 'S4'"),
        ("triage.yaml", '- "503"', "- 503", "put it in quotes if it is meant as text"),
        ("triage.yaml", "kind: refund", "kind: climb_up", "must be 'refund'"),
        ("triage.yaml", '    when: item.category == "how_to"\n', "", "takes everything, so what"),
        ("triage.yaml", "confidence_floor: 0.3", "confidence_floor: 3", "less than or equal to 1"),
        ("calendars.yaml", "zone: Europe/Berlin", "zone: Europe/Bärlin", "is not a time zone"),
        ("calendars.yaml", '["09:00-17:00"]', '["9 to 5"]', "write opening hours such as"),
        ("calendars.yaml", '["09:00-17:00"]', '["09:00-24:30"]', "the day ends at 24:00"),
        ("calendars.yaml", "country: DE", "country: XX", "holidays are not known (got XX)"),
        ("calendars.yaml", "subdivision: BE", "subdivision: QQ", "is no part of DE"),
        ("calendars.yaml", "2026-12-24,", "2026-13-24,", "valid date"),
        ("calendars.yaml", "days: [mon,", "days: [mo,", "did you mean 'mon'?"),
        ("sla.yaml", "calendar: office-hours", "calendar: office", "is no calendar"),
        ("sla.yaml", "category: [data_privacy]", "category: [privacy]", "did you mean 'data_priv"),
        ("sla.yaml", "first_response: 15m", "first_response: 15 min", "such as 15m, 4h, 2d"),
        ("sla.yaml", "first_response: 15m", "first_response: 0m", "longer than nothing"),
        ("sla.yaml", "severity: [S4]", "severity: [S3]", "leaves some S4 items without a target"),
        (
            "sla.yaml",
            "warn_at_percent: [50, 75]",
            "warn_at_percent: [100]",
            "less than or equal to 99",
        ),
        ("sla.yaml", "stop: [agent_answered]", "stop: [answered]", "is no condition; write one"),
        ("sla.yaml", "pause: [waiting_for_customer]", "pause: [in_status]", "write in_status("),
        ("sla.yaml", "stop: [agent_answered]", "stop: [created]", "so it never starts it"),
        ("sla.yaml", "  first_response:\n", "  last_response:\n", "did you mean 'first_response'"),
        ("sla.yaml", "    stop: [resolution_set]\n", "", "never ends"),
        (
            "sla.yaml",
            "pause: [waiting_for_customer]",
            "pause: [entered_status(Blocked)]",
            "is over in the moment",
        ),
        (
            "sla.yaml",
            "stop: [agent_answered]",
            "stop: [start_no_longer_holds]",
            "has a meaning only under `cancel`",
        ),
        ("sla.yaml", "    Fixed: fixed\n", "", "add 'Fixed' to statuses.outcomes"),
        ("escalation.yaml", "notify: [eve]", "notify: [eva]", "is no person (got 'eva')"),
        ("escalation.yaml", "role:lead]", "role:leads]", "is no role that anybody has"),
        ("escalation.yaml", "notify: [eve]", "notify: []", "at least 1 item"),
        ("escalation.yaml", "severity: [S4]", "severity: [S3]", "have no ladder for S4"),
        ("escalation.yaml", "tell an executive", "tell executive", "did you mean 'tell an exec"),
        ("approval.yaml", "groups: [finance]", "groups: [financ]", "is no group that anybody"),
        (
            "approval.yaml",
            "quorum: 2\n    groups: [finance]",
            "quorum: 3\n    groups: [finance]",
            "only these may vote: fay, finn (got 3)",
        ),
        ("approval.yaml", "remind_after: 4h", "remind_after: 2d", "is not before expires_after"),
        ("approval.yaml", "on_refusal: counts", "on_refusal: count", "did you mean 'counts'?"),
        (
            "approval.yaml",
            "    why: Up to",
            "    on_expiry: approve\n    why: Up to",
            "does not say why that is right",
        ),
        ("approval.yaml", "    quorum: 0", "    quorum: 0\n    when: 'true'", "the same key twice"),
        (
            "sla.yaml",
            "    severity: [S1]\n    segment: [enterprise]",
            "    severity: [S1]",
            "never used",
        ),
        ("approval.yaml", "when: action.amount_minor <= 1000", "when: action.amount_minor", "&&"),
    ],
)
def test_what_does_not_fit_is_said_with_its_place(
    spoil: Callable[..., tuple[str, ...]], file: str, old: str, new: str, words: str
) -> None:
    problems = spoil(file, (old, new))
    assert any(words in problem for problem in problems), "\n".join(problems)
    assert all(problem.split(":")[1].isdigit() for problem in problems)


def test_an_approval_rule_below_one_that_decides_everything_is_found(
    spoil: Callable[..., tuple[str, ...]],
) -> None:
    condition = '    when: action.amount_minor <= 5000 && action.total_minor <= 5000 && action.currency in ["EUR", "USD", "GBP", "CHF"]\n'
    problems = spoil("approval.yaml", (condition, ""))
    assert [problem.partition(" takes")[0].partition("rules.")[2] for problem in problems] == [
        "3.name: is never used, since 'small refunds' above it",
        "4.name: is never used, since 'small refunds' above it",
    ]


def test_a_level_that_nobody_is_on_any_more_is_found(
    policies: Path, spoil: Callable[..., tuple[str, ...]]
) -> None:
    problems = spoil(
        "people.yaml", ("    groups: [executives]", "    groups: []\n    active: false")
    )
    line = line_of(policies, "escalation.yaml", "notify: [eve]")
    assert any(
        problem.startswith(f"escalation.yaml:{line}:9: ladders.0.rungs.2.notify: reaches nobody")
        for problem in problems
    ), "\n".join(problems)


def test_a_quorum_without_anybody_who_may_vote_is_found(
    spoil: Callable[..., tuple[str, ...]],
) -> None:
    problems = spoil("people.yaml", ("vote: [lead, finance, security", "vote: [lead, finance"))
    assert any("only these may vote: nobody (got 1)" in problem for problem in problems)


def test_problems_of_all_files_are_said_at_once(
    policies: Path, spoil: Callable[..., tuple[str, ...]]
) -> None:
    (policies / "calendars.yaml").write_text("calendars: [\n")
    (policies / "sla.yaml").write_text("")
    problems = spoil("approval.yaml", ("quorum: 0", "quorum: nobody"))
    files = [problem.split(":")[0] for problem in problems]
    assert sorted(set(files)) == ["approval.yaml", "calendars.yaml", "sla.yaml"]


def test_a_key_written_twice_is_an_error(spoil: Callable[..., tuple[str, ...]]) -> None:
    problems = spoil("people.yaml", ("    name: Ada Agent", "    name: Ada\n    name: Ada Agent"))
    assert problems == ("people.yaml:10:5: the same key twice; keep one of the two",)


def test_a_file_that_unfolds_without_end_is_refused(policies: Path) -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
        for before, name in zip("abcdefg", "bcdefgh", strict=True)
    )
    (policies / "sla.yaml").write_text(bomb)
    with pytest.raises(PolicyError, match="too many values"):
        load(policies)


@pytest.mark.parametrize(
    "deep",
    [
        "[" * 100_000,
        "{a: " * 5_000,
        "\n  " + "- " * 100_000,
        "\n" + "".join(f"{' ' * n}a:\n" for n in range(1, 999)),
    ],
    ids=["lists", "mappings", "items", "keys"],
)
def test_a_file_that_is_nested_without_end_is_refused_before_it_is_read_to_its_end(
    policies: Path, deep: str
) -> None:
    path = policies / "people.yaml"
    path.write_text(f"{path.read_text()}\ndeep: {deep}")
    with pytest.raises(PolicyError) as raised:
        load(policies)
    assert [problem.what for problem in raised.value.problems] == ["is nested too deeply"]


def test_of_very_many_problems_the_first_are_told_and_the_rest_counted(policies: Path) -> None:
    path = policies / "people.yaml"
    path.write_text(path.read_text() + "".join(f"\nk{number}: v" for number in range(300)))
    with pytest.raises(PolicyError) as raised:
        load(policies)
    told = [problem.what for problem in raised.value.problems]
    assert told.count("is not known here") == MOST_PROBLEMS
    assert told.count("has 200 more problems") == 1


@pytest.mark.parametrize("written", ["false", "true", "2.0"])
def test_a_quorum_that_is_no_number_is_not_taken_for_one(
    spoil: Callable[..., tuple[str, ...]], written: str
) -> None:
    problems = spoil(
        "approval.yaml",
        (
            "    quorum: 2\n    groups: [finance]\n    expires",
            f"    quorum: {written}\n    groups: [finance]\n    expires",
        ),
    )
    assert any("rules.4.quorum" in problem for problem in problems), problems


def test_a_missing_a_misnamed_and_an_unreadable_file_are_said(policies: Path) -> None:
    (policies / "sla.yaml").rename(policies / "slla.yaml")
    (policies / "people.yaml").write_bytes(b"people:\n  - id: \xff\n")
    with pytest.raises(PolicyError) as raised:
        load(policies)
    said = str(raised.value)
    assert "sla.yaml:1:1: is missing" in said
    assert "slla.yaml:1:1: is not a policy file; did you mean 'sla'?" in said
    assert "people.yaml:2:1: is not UTF-8" in said


def test_a_directory_that_does_not_exist_is_said(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="is not a directory"):
        load(tmp_path / "nowhere")


def test_the_version_is_of_the_texts_and_not_of_the_place(
    policies: Path, shipped: PolicySet
) -> None:
    assert load(policies).version == shipped.version
    sla = policies / "sla.yaml"
    sla.write_text(sla.read_text() + "# a remark\n")
    assert load(policies).version != shipped.version


def test_no_text_can_pass_from_one_file_into_another_unseen() -> None:
    assert version_of((("a", "bc"), ("d", ""))) != version_of((("a", "b"), ("d", "c")))
    assert version_of((("a", "1"), ("b", "2"))) == version_of((("b", "2"), ("a", "1")))


def test_unchanged_files_are_not_parsed_again(policies: Path) -> None:
    assert load(policies) is load(policies)


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        (
            "sla.yaml",
            "    resolution: 20d",
            "    resolution: 300d",
            "targets.7.resolution: is more than calendar office-hours is open in 90 days (got 300d)",
        ),
        (
            "escalation.yaml",
            "        wait: 15m",
            "        wait: 91d",
            "wait: is longer than 90 days (got 91d); write at most 90d",
        ),
        (
            "approval.yaml",
            "    expires_after: 1d",
            "    expires_after: 300d",
            "rules.0.expires_after: is longer than 90 days (got 300d); write at most 90d",
        ),
    ],
)
def test_what_no_calendar_covers_is_refused_with_its_place(
    policies: Path, spoil: Callable[..., tuple[str, ...]], file: str, old: str, new: str, what: str
) -> None:
    (problem,) = spoil(file, (old, new))
    line = line_of(policies, file, new.strip())
    assert problem.startswith(f"{file}:{line}:")
    assert what in problem


def test_a_wait_in_working_time_is_bounded_by_what_the_calendar_is_open(
    spoil: Callable[..., tuple[str, ...]],
) -> None:
    (problem,) = spoil("escalation.yaml", ("        wait: 2d", "        wait: 66d"))
    assert "write at most 65d" in problem
