from __future__ import annotations

from desk.clock_drawing import TALLEST, WIDTH, drawn
from models.explanation import IntervalKind
from policies import clocks
from tests.policies.test_explanation import at, started, told


def test_the_line_is_as_wide_as_the_clocks_time_and_its_parts_follow_each_other() -> None:
    drawing = drawn(told(started(), at(2, 10)))
    assert drawing is not None
    first, *_, last = drawing.stretches
    assert first.x == 0
    for one, following in zip(drawing.stretches, drawing.stretches[1:], strict=False):
        assert abs(one.x + one.width - following.x) <= 0.2
    assert last.x + last.width <= WIDTH + 0.2
    assert [one.kind for one in drawing.stretches[:3]] == [
        IntervalKind.COUNTED,
        IntervalKind.BREAK,
        IntervalKind.COUNTED,
    ]


def test_counted_time_stands_taller_than_paused_and_closed_time() -> None:
    run = clocks.pause(started(), at(1, 10), "waiting")
    drawing = drawn(told(clocks.resume(run, at(1, 11)), at(2, 10)))
    assert drawing is not None
    heights = {one.kind: one.height for one in drawing.stretches}
    assert heights[IntervalKind.COUNTED] == TALLEST
    assert heights[IntervalKind.COUNTED] > heights[IntervalKind.PAUSED]
    assert heights[IntervalKind.PAUSED] > heights[IntervalKind.CLOSED]


def test_a_clock_that_is_due_later_has_its_due_time_at_the_end_of_the_line() -> None:
    drawing = drawn(told(started(hours=40), at(1, 11)))
    assert drawing is not None
    assert drawing.due_x == WIDTH
    assert 0 < drawing.now_x < WIDTH


def test_of_a_clock_that_began_this_moment_there_is_nothing_to_draw() -> None:
    assert drawn(told(started(), at(1, 9))) is None
