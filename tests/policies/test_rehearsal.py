from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from models.clocks import ClockName
from models.events import EventKind, Fact
from models.explanation import Verdict
from models.lifecycle import Severity
from models.rehearsal import NotRehearsed, PastItem, Rehearsal
from policies.documents.history import SERVICENOW, HistoryColumns, columns_of
from policies.policy_set import PolicySet
from policies.problems import PolicyError
from policies.rehearsing import agreement, from_ledger, from_rows
from policies.rehearsing.comparison import compare
from policies.rehearsing.replay import replay
from tests.policies.past_items import MONDAY, Told, after, events, past


def verdicts(one: PastItem, policy_set: PolicySet) -> dict[ClockName, Verdict]:
    return {run.name: run.verdict for run in replay(one, policy_set).rehearsed.clocks}


def numbers(found: Rehearsal) -> dict[str, tuple[int, int]]:
    return {one.what: (len(one.in_force), len(one.rehearsed)) for one in found.counts}


def test_an_answer_within_the_target_is_in_time(shipped: PolicySet) -> None:
    one = past((EventKind.ANSWERED, 2, {}), (EventKind.DECIDED, 3, {}))
    assert verdicts(one, shipped) == {
        ClockName.FIRST_RESPONSE: Verdict.MET,
        ClockName.RESOLUTION: Verdict.MET,
    }


def test_a_shorter_target_would_have_been_missed(changed: Callable[..., PolicySet]) -> None:
    one = past((EventKind.ANSWERED, 3, {}), (EventKind.DECIDED, 4, {}))
    stricter = changed("sla.yaml", "first_response: 8h", "first_response: 2h")
    outcome = replay(one, stricter).rehearsed
    first = next(run for run in outcome.clocks if run.name is ClockName.FIRST_RESPONSE)
    assert (first.verdict, first.over) == (Verdict.MET_LATE, 3600)


def test_an_action_that_was_proposed_meets_the_rule_of_the_changed_policy(
    shipped: PolicySet, changed: Callable[..., PolicySet]
) -> None:
    asked = {"request": "r", "action": "refund", "amount_minor": 4000, "currency": "EUR"}
    one = past((EventKind.ACTION_PROPOSED, 1, asked), (EventKind.DECIDED, 2, {}))
    stricter = changed("approval.yaml", "amount_minor <= 5000", "amount_minor <= 3000")
    found = numbers(compare([one], shipped, stricter))
    assert found["needed approval by small refunds"] == (1, 0)
    assert found["needed approval by larger refunds"] == (0, 1)


def test_many_small_credits_of_the_past_meet_the_rule_of_large_ones(shipped: PolicySet) -> None:
    def credit(request: str, at: float, outcome: str) -> tuple[Told, Told]:
        asked = {"request": request, "action": "credit", "amount_minor": 900, "currency": "EUR"}
        ended = {"request": request, "action": "credit", "outcome": outcome}
        return (EventKind.ACTION_PROPOSED, at, asked), (EventKind.ACTION_ENDED, at + 0.1, ended)

    refused = past(*credit("a", 1, "rejected"), *credit("b", 2, "not_needed"))
    again = past(*credit("a", 1, "not_needed"), *credit("b", 2, "not_needed"))
    assert [met.people for met in replay(refused, shipped).rehearsed.rules] == [0, 0]
    assert [met.people for met in replay(again, shipped).rehearsed.rules] == [0, 1]


def test_a_rule_that_lets_the_clocks_stand_still_does_so_in_a_rehearsal(
    changed: Callable[..., PolicySet],
) -> None:
    asked = {"request": "r", "action": "refund", "amount_minor": 4000, "currency": "EUR"}
    ended = (EventKind.ACTION_ENDED, 600.0, {"request": "r", "action": "refund"})
    one = past((EventKind.ACTION_PROPOSED, 1, asked), ended, (EventKind.DECIDED, 601, {}))
    pausing = changed(
        "approval.yaml", "name: small refunds", "name: small refunds\n    pause_clocks: true"
    )
    assert verdicts(one, pausing)[ClockName.RESOLUTION] is Verdict.MET


def test_a_corrected_severity_counts_from_the_start_with_its_own_target(shipped: PolicySet) -> None:
    corrected: dict[str, Fact] = {"severity_before": "S3", "severity_after": "S1"}
    one = past((EventKind.OVERRIDDEN, 5, corrected), (EventKind.DECIDED, 50, {}))
    assert replay(one, shipped).rehearsed.severity is Severity.S1
    assert verdicts(one, shipped)[ClockName.RESOLUTION] is Verdict.MET_LATE


def test_a_reopened_item_has_a_second_cycle(shipped: PolicySet) -> None:
    one = past((EventKind.DECIDED, 1, {}), (EventKind.REOPENED, 30, {}), until=31)
    runs = replay(one, shipped).rehearsed.clocks
    assert [run.cycle for run in runs if run.name is ClockName.RESOLUTION] == [1, 2]


def test_what_the_policy_of_that_time_did_is_not_replayed() -> None:
    climb = (EventKind.CLIMBED, 1, {"level": 1, "rung": "owner"})
    leave = (EventKind.ACTION_ENDED, 2, {"request": "r", "action": "climb"})
    one = past(climb, leave, (EventKind.CLOCK_BREACHED, 3, {}))
    assert [event.kind for event in one.events] == [EventKind.TRIAGED]


def test_every_life_of_an_item_is_an_item_of_its_own() -> None:
    twice = (*events((EventKind.CLOSED, 5, {})), *events())
    lives = list(from_ledger.past_items("10001", "FT-1", None, twice, after(9)))
    assert [life.until for life in lives] == [after(5), after(9)]


def test_an_item_that_was_never_triaged_is_none_to_rehearse() -> None:
    (received, *_) = events()
    assert list(from_ledger.past_items("10001", "FT-1", None, [received], after(1))) == []


def test_facts_that_older_items_lack_are_told(shipped: PolicySet) -> None:
    (received, *rest) = events()
    older = received.model_copy(update={"facts": {"segment": "standard", "customer_known": True}})
    (one,) = from_ledger.past_items("10001", "FT-1", None, [older, *rest], after(1))
    assert {"zone", "country", "plan", "source"} <= set(one.lacking)
    assert compare([one], shipped, shipped).lacking == ("FT-1",)


def test_a_category_that_the_changed_policy_lacks_is_what_it_makes_of_unknown_ones(
    shipped: PolicySet,
) -> None:
    one = past().model_copy(update={"category": "abolished"})
    assert replay(one, shipped).state.category == shipped.taxonomy.fallback_category


def test_keys_stand_behind_the_numbers_of_both_policies(
    shipped: PolicySet, changed: Callable[..., PolicySet]
) -> None:
    stricter = changed("sla.yaml", "resolution: 5d", "resolution: 1d")
    found = compare([past((EventKind.DECIDED, 27, {}))], shipped, stricter)
    late = next(one for one in found.counts if one.what == "resolution late")
    assert (late.in_force, late.rehearsed) == ((), ("FT-1",))
    assert late.changed


# The history of another tool. Moments are in hours since Monday, as in `after`.


def row(hours: float, status: str, **changes: str) -> dict[str, str | None]:
    plain = {
        "number": "INC1",
        "incident_state": status,
        "sys_mod_count": f"{round(hours * 100)}",
        "made_sla": "true",
        "opened_at": "2026-06-01T09:00",
        "sys_updated_at": f"{after(hours):%Y-%m-%dT%H:%M}",
        "priority": "3 - Moderate",
        "category": "C1",
        "resolved_at": "",
        "closed_at": "",
    }
    return {**plain, **changes}


def read(
    *rows: dict[str, str | None], columns: HistoryColumns = SERVICENOW
) -> list[PastItem | NotRehearsed]:
    return list(from_rows.past_items(enumerate(rows, 2), columns))


def story(*steps: tuple[float, str], **last: str) -> PastItem:
    """An item by its hours and statuses; `last` is what the last row says besides."""
    rows = [row(hours, status) for hours, status in steps]
    rows[-1] |= last
    (one,) = read(*rows)
    assert isinstance(one, PastItem)
    return one


def reasons(one: PastItem, policy_set: PolicySet) -> set[str]:
    found = compare([one], policy_set, policy_set).agreement
    return {one.reason for one in found.disagreements} if found else set()


def test_awaiting_somebody_pauses_whatever_the_policy_calls_it(shipped: PolicySet) -> None:
    one = story((0, "New"), (1, "Awaiting Vendor"), (600, "Active"), (601, "Resolved"))
    (run,) = replay(one, shipped).rehearsed.clocks
    assert run.verdict is Verdict.MET
    assert run.elapsed == 2 * 3600


def test_a_history_without_answers_judges_only_the_resolution(shipped: PolicySet) -> None:
    assert set(verdicts(story((0, "New"), (900, "Active")), shipped)) == {ClockName.RESOLUTION}


def test_resolved_and_then_closed_is_decided_once() -> None:
    one = story((0, "New"), (5, "Resolved"), (100, "Closed"))
    decided = [event.at for event in one.events if event.kind is EventKind.DECIDED]
    assert decided == [after(5)]


def test_leaving_a_resolved_status_reopens() -> None:
    one = story((0, "New"), (5, "Resolved"), (10, "Active"), (12, "Resolved"))
    kinds = [event.kind for event in one.events]
    assert kinds.count(EventKind.REOPENED) == 1
    assert kinds.count(EventKind.DECIDED) == 2


def test_a_priority_that_changes_is_a_corrected_severity(shipped: PolicySet) -> None:
    rows = [row(0, "New"), row(1, "Active", priority="1 - Critical"), row(20, "Resolved")]
    rows[-1]["priority"] = "1 - Critical"
    (one,) = read(*rows)
    assert isinstance(one, PastItem)
    assert one.severity is Severity.S3
    assert replay(one, shipped).rehearsed.severity is Severity.S1


def test_rows_are_taken_by_their_number_and_time_never_runs_backwards() -> None:
    early = row(3, "Active", sys_mod_count="1", sys_updated_at="2026-06-01T14:00")
    late = row(4, "Resolved", sys_mod_count="2", sys_updated_at="2026-06-01T13:00")
    (one,) = read(late, early, row(0, "New"))
    assert isinstance(one, PastItem)
    moments = [event.at for event in one.events]
    assert moments == sorted(moments)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"sys_updated_at": "yesterday"}, "sys_updated_at is no moment"),
        ({"opened_at": "?"}, "opened_at is empty"),
        ({"sys_mod_count": "many"}, "sys_mod_count is no whole number"),
        ({"priority": "9 - Whatever"}, "priority has a value that no severity is written for"),
        ({"incident_state": ""}, "incident_state is empty"),
    ],
)
def test_a_bad_row_is_told_by_its_line_and_the_rest_goes_on(
    changes: dict[str, str], why: str
) -> None:
    bad, one = read(row(0, "New"), {**row(1, "Active"), **changes}, row(2, "Resolved"))
    assert bad == NotRehearsed(where="line 3", why=why)
    assert isinstance(one, PastItem)
    assert EventKind.DECIDED in [event.kind for event in one.events]


def test_rows_of_an_item_that_stand_apart_are_told() -> None:
    _, _, apart = read(row(0, "New"), row(0, "New", number="INC2"), row(2, "Resolved"))
    assert apart == NotRehearsed(where="line 4", why=from_rows.NOT_TOGETHER)


def test_items_come_one_by_one_while_the_file_is_read() -> None:
    def rows() -> Iterator[tuple[int, dict[str, str | None]]]:
        yield 2, row(0, "New")
        yield 3, row(0, "New", number="INC2")
        raise AssertionError("read further than was needed")

    assert isinstance(next(from_rows.past_items(rows(), SERVICENOW)), PastItem)


def test_the_last_row_holds_the_recorded_verdict() -> None:
    one = story((0, "New"), (5, "Resolved"), (100, "Closed"), made_sla="false")
    assert one.recorded is not None
    assert one.recorded.in_time is False


def test_verdicts_that_agree_need_no_reason(shipped: PolicySet) -> None:
    one = story((0, "New"), (5, "Resolved"), resolved_at="2026-06-01T14:00")
    found = compare([one], shipped, shipped).agreement
    assert found is not None
    assert [(row.severity, row.judged, row.agreed) for row in found.rows] == [
        (Severity.S3, 1, 1),
        (None, 1, 1),
    ]
    assert found.disagreements == ()


def test_a_record_judged_by_the_closing_is_recognised(shipped: PolicySet) -> None:
    told = {"made_sla": "false", "resolved_at": "2026-06-01T14:00", "closed_at": "2026-06-20T09:00"}
    one = story((0, "New"), (5, "Resolved"), (456, "Closed"), **told)
    assert reasons(one, shipped) == {agreement.BY_CLOSING}


def test_a_record_that_counted_the_pauses_is_recognised(shipped: PolicySet) -> None:
    told = {"made_sla": "false", "resolved_at": "2026-06-26T10:00"}
    one = story((0, "New"), (1, "Awaiting User Info"), (600, "Active"), (601, "Resolved"), **told)
    assert agreement.PAUSES_COUNT in reasons(one, shipped)


def test_a_record_that_counted_the_nights_is_recognised(shipped: PolicySet) -> None:
    told = {"made_sla": "false", "resolved_at": "2026-06-04T09:00"}
    one = story((0, "New"), (72, "Resolved"), **told)
    assert reasons(one, shipped) == {agreement.CLOSED_HOURS_COUNT}


def test_a_record_judged_by_the_first_priority_is_recognised(shipped: PolicySet) -> None:
    critical = {"priority": "1 - Critical"}
    ended = row(27, "Resolved", made_sla="false", resolved_at="2026-06-02T12:00")
    (one,) = read(row(0, "New", **critical), row(1, "Active", **critical), ended)
    assert isinstance(one, PastItem)
    assert agreement.FIRST_PRIORITY in reasons(one, shipped)


def test_a_resolution_that_is_not_recorded_is_told_beside_the_reason(shipped: PolicySet) -> None:
    one = story((0, "New"), (1, "Resolved"), made_sla="false")
    assert reasons(one, shipped) == {agreement.ANOTHER_TARGET, agreement.NOT_RECORDED}


def test_what_no_way_of_counting_explains_is_said_so(shipped: PolicySet) -> None:
    one = story((0, "New"), (900, "Resolved"), resolved_at="2026-07-08T21:00")
    assert reasons(one, shipped) == {agreement.ANOTHER_TARGET}


def test_columns_that_are_left_out_are_those_of_servicenow() -> None:
    columns = columns_of("columns.yaml", "key: ticket\nmoments: '%d/%m/%Y %H:%M'\n")
    assert columns == HistoryColumns(key="ticket", moments="%d/%m/%Y %H:%M")


def test_a_misspelt_column_is_told_with_its_line() -> None:
    with pytest.raises(PolicyError) as refused:
        columns_of("columns.yaml", "key: ticket\nstatsu: state\n")
    assert str(refused.value.problems[0]).startswith("columns.yaml:2:1")


def test_other_ways_to_write_moments_and_categories_are_read(shipped: PolicySet) -> None:
    columns = HistoryColumns(
        moments="%d/%m/%Y %H:%M", zone="Europe/Berlin", categories={"C1": "outage"}
    )
    told = row(0, "New", opened_at="1/6/2026 11:00", sys_updated_at="1/6/2026 11:30")
    (one,) = read(told, columns=columns)
    assert isinstance(one, PastItem)
    assert one.item.created_at == MONDAY
    assert replay(one, shipped).state.category == "outage"
