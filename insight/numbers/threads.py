"""What conversations cost the customer: writing again, saying the same again, the last word."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from insight.numbers import definitions
from insight.numbers.metric import Definition, Metric, share
from models.contact import Contact, Information, Thread

_WROTE_AGAIN = (
    (definitions.WROTE_AGAIN, 0.0),
    (definitions.WROTE_AGAIN_1H, 1.0),
    (definitions.WROTE_AGAIN_24H, 24.0),
)


def conversations(contacts: Sequence[Contact]) -> tuple[Metric, ...]:
    """The numbers of the contacts that are conversations."""
    threads = [(one.reference, one.thread) for one in contacts if one.thread is not None]
    answered = [
        (one.reference, one.thread)
        for one in contacts
        if one.thread is not None and one.answered_at is not None
    ]
    return (
        _share(definitions.SAID_AGAIN, answered, lambda thread: bool(thread.said_again)),
        *(_said_again(answered, kind) for kind in Information),
        *(
            _share(definition, threads, lambda thread, least=hours: _silent_for(thread, least))  # type: ignore[misc]  # mypy does not infer a lambda's default
            for definition, hours in _WROTE_AGAIN
        ),
        _share(definitions.LAST_WORD, threads, lambda thread: thread.customer_last),
    )


def _said_again(threads: Sequence[tuple[str, Thread]], kind: Information) -> Metric:
    words = kind.replace("_", " ")
    definition = definitions.SAID_AGAIN.model_copy(
        update={"id": f"said_again_{kind}", "name": f"Had to say it again: {words}"}
    )
    return _share(definition, threads, lambda thread: kind in thread.said_again)


def _silent_for(thread: Thread, hours: float) -> bool:
    return any(silence >= hours for silence in thread.silences)


def _share(
    definition: Definition,
    threads: Sequence[tuple[str, Thread]],
    counts: Callable[[Thread], bool],
) -> Metric:
    counted = (reference for reference, thread in threads if counts(thread))
    return share(definition, counted, len(threads))
