"""What a played person meets when a channel says no."""

from __future__ import annotations


class TurnedAway(Exception):  # noqa: N818 - it names what happened to a person
    """The channel refused, with its own sentence."""


class ChannelBroken(Exception):  # noqa: N818 - it names what happened to a person
    """The channel did not answer as it should: the demonstration cannot go on there."""
