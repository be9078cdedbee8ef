"""What a played person meets when a channel says no."""

from __future__ import annotations


class TurnedAway(Exception):  # noqa: N818 - it names what happened to a person
    """The channel refused, with its own sentence.

    `after_silence` says that the same act had been sent before and nobody answered: it may well
    have been heard then, and be refused now for having been done.
    """

    def __init__(self, told: str, *, after_silence: bool = False) -> None:
        self.after_silence = after_silence
        super().__init__(told)


class ChannelBroken(Exception):  # noqa: N818 - it names what happened to a person
    """The channel did not answer as it should: the demonstration cannot go on there."""
