from __future__ import annotations

import sys
from pathlib import Path

import pytest

from runtime.part import Part
from runtime.problems import ExitCode, PartFailed

STAND_IN = str(Path(__file__).with_name("stand_in_part.py"))


def part(tmp_path: Path, kind: str, **changes: object) -> Part:
    return Part(
        name=kind,
        command=(sys.executable, STAND_IN, kind),
        log=tmp_path / f"{kind}.log",
        **{"ready": lambda _started: False, "patience_seconds": 20.0, **changes},
    )


def test_a_part_that_dies_is_told_with_its_exit_code_its_log_and_its_last_words(tmp_path):
    dying = part(tmp_path, "dies")
    dying.start()
    with pytest.raises(PartFailed) as caught:
        dying.wait_until_ready()
    assert "exit code 7" in caught.value.what
    assert "the disk is full" in caught.value.what
    assert caught.value.where == str(tmp_path / "dies.log")
    assert caught.value.exit_code is ExitCode.UNREACHABLE


def test_a_part_that_never_answers_is_told_and_still_stopped(tmp_path):
    slow = part(tmp_path, "stubborn", patience_seconds=0.0, stop_seconds=0.1)
    slow.start()
    with pytest.raises(PartFailed, match="did not answer"):
        slow.wait_until_ready()
    slow.stop()
    assert not slow.is_alive()


def test_a_part_that_ignores_the_request_to_stop_is_killed_and_that_is_told(tmp_path):
    stubborn = part(tmp_path, "stubborn", stop_seconds=0.1)
    stubborn.ready = lambda _started: "ready" in "".join(stubborn.last_lines())
    stubborn.start()
    stubborn.wait_until_ready()
    assert stubborn.stop() is False
    assert not stubborn.is_alive()


def test_stopping_a_part_that_was_never_started_does_nothing(tmp_path):
    assert part(tmp_path, "stubborn").stop() is True


def test_the_last_words_of_an_earlier_start_are_not_taken_for_those_of_this_one(tmp_path):
    dying = part(tmp_path, "dies")
    dying.log.write_text("an old complaint\n")
    dying.start()
    with pytest.raises(PartFailed) as caught:
        dying.wait_until_ready()
    assert "an old complaint" not in caught.value.what
    assert "an old complaint" in dying.log.read_text()
