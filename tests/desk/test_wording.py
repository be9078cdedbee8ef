from __future__ import annotations

from desk.wording import commands


def test_what_can_be_typed_is_shown_as_code_and_everything_is_escaped() -> None:
    said = commands("Run `followthrough show <KEY>` & look.")
    assert said == "Run <code>followthrough show &lt;KEY&gt;</code> &amp; look."


def test_a_sentence_without_a_command_stays_as_it_is() -> None:
    assert commands("Nothing stands still.") == "Nothing stands still."
