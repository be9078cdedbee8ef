"""The figures of a digest, counted from planted events."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from insight.digest import digest_of, figures_of, last_decisions
from models.events import Event, EventKind, Fact, LedgerEntry
from models.review import FigureName

UNTIL = datetime(2026, 6, 8, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=7)


def entry(
    kind: EventKind, item: str, *, person: str | None = None, category: str = "sync", **facts: Fact
) -> LedgerEntry:
    return LedgerEntry(
        issue_id=item,
        issue_key=f"FT-{item}",
        workflow_id=f"feedback-{item}",
        category=category,
        event=Event(
            operation_id=f"{item}/{kind}/{sorted(facts.items())}",
            sequence=1,
            kind=kind,
            at=SINCE,
            person=person,
            summary="As planted.",
            facts=facts,
        ),
    )


def value(name: FigureName, *entries: LedgerEntry) -> float:
    return next(one.value for one in figures_of(entries, ()) if one.name is name)


def test_an_item_that_breaks_two_promises_counts_once_and_is_named() -> None:
    breaches = [
        entry(EventKind.CLOCK_BREACHED, "1", clock="first_response"),
        entry(EventKind.CLOCK_BREACHED, "1", clock="resolution"),
    ]

    found = next(one for one in figures_of(breaches, ()) if one.name is FigureName.BREACHES)

    assert (found.value, found.behind) == (1, ("FT-1",))


def test_only_exceptions_among_the_actions_count_as_exceptions() -> None:
    asked = [
        entry(EventKind.ACTION_PROPOSED, "1", action="policy_exception"),
        entry(EventKind.ACTION_PROPOSED, "2", action="refund"),
    ]

    assert value(FigureName.EXCEPTIONS, *asked) == 1


def test_the_quality_of_what_comes_in_is_told_beside_all_of_it() -> None:
    received = [entry(EventKind.RECEIVED, str(number)) for number in range(4)]
    unsure = entry(EventKind.TRIAGED, "0", unsure=True)
    sure = entry(EventKind.TRIAGED, "1", unsure=False)

    found = figures_of([*received, unsure, sure], ())

    quality = next(one for one in found if one.name is FigureName.UNSURE)
    assert (quality.value, quality.of) == (1, 4)


def test_categories_and_the_time_of_product_managers_stand_beside_the_period_before() -> None:
    digest = digest_of(
        since=SINCE,
        until=UNTIL,
        now=[
            entry(EventKind.TRIAGED, "1", category="sync"),
            entry(EventKind.VOTED, "1", person="petra"),
            entry(EventKind.VOTED, "2", person="fay"),
        ],
        before=[entry(EventKind.TRIAGED, "9", category="export")],
        last_review=(),
        product_people=("petra",),
    )

    assert [(s.name, s.value, s.before) for s in digest.categories] == [
        ("sync", 1, 0),
        ("export", 0, 1),
    ]
    assert [(s.name, s.value) for s in digest.product_time] == [("votes", 1)]


def asked(figure: str, then: float) -> LedgerEntry:
    return entry(EventKind.QUESTION_ASKED, "r", question=figure, figure=figure, value=then)


def replied(figure: str, choice: str) -> LedgerEntry:
    return entry(EventKind.REPLIED, "r", person="lena", question=figure, choice=choice)


def test_what_was_accepted_last_time_worked_when_its_figure_fell() -> None:
    figures = figures_of([entry(EventKind.CLOCK_BREACHED, "1")], ())

    (fell,) = last_decisions([asked("breaches", 5), replied("breaches", "accept")], figures)
    (rose,) = last_decisions([asked("breaches", 1), replied("breaches", "accept")], figures)

    assert (fell.worked, fell.value_then, fell.value_now) == (True, 5, 1)
    assert rose.worked is False


def test_of_what_was_declined_or_left_open_nobody_says_that_it_worked() -> None:
    figures = figures_of((), ())

    (declined,) = last_decisions([asked("breaches", 5), replied("breaches", "decline")], figures)
    (left,) = last_decisions([asked("breaches", 5)], figures)

    assert (declined.worked, left.worked, left.choice) == (None, None, None)
