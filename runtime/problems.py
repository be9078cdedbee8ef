"""Problems a person can do something about: what happened, where, and what to do next.

The outermost code catches `Problem`, prints its sentence to standard error and leaves with its
exit code; nobody sees a traceback. Exit codes are those of DESIGN section 7.
"""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the exit status of a command means to the program that called it."""

    DONE = 0
    ANSWER_IS_NO = 1
    WRONG_USE = 2
    UNREACHABLE = 3


class Problem(Exception):  # noqa: N818 - the base is named for what a person meets
    """Something went wrong that a person can mend.

    `what` is one sentence without secrets and without customer text, `where` a place (a variable,
    a file, an address), `remedy` the next step.
    """

    exit_code = ExitCode.ANSWER_IS_NO

    def __init__(self, what: str, *, where: str | None = None, remedy: str | None = None) -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(self.sentence())

    def sentence(self) -> str:
        """The whole text for a person, on as many lines as there are parts."""
        place = f"{self.where}: " if self.where else ""
        following = f"\n  {self.remedy}" if self.remedy else ""
        return f"{place}{self.what}{following}"


class WrongSettings(Problem):
    """A setting has a value that cannot be used."""

    exit_code = ExitCode.WRONG_USE


class Unreachable(Problem):
    """A part that the command needs does not answer."""

    exit_code = ExitCode.UNREACHABLE


class PartFailed(Unreachable):
    """A part of the local stack did not start, or died. `where` is its log file."""
