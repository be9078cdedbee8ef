"""`python -m demo.screenshots`: pictures of every surface, taken in a real browser.

Plays a few made-up items on a fresh local stack, and writes the pictures that the documentation
shows. Progress goes to standard error, the written files to standard output. Exit codes as the
demonstration's: 0 done, 3 a part or a program is missing.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from demo.__main__ import say
from demo.actors.refusals import ChannelBroken, TurnedAway
from demo.board import NotSeen
from demo.screenshots.browser import open_browser
from demo.screenshots.morning import play
from demo.screenshots.pictures import Gallery
from demo.stage import open_stage
from runtime.problems import ExitCode, Problem

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
SCALE = 60.0
"""An hour takes a minute: slow enough that nothing expires while the pictures are taken."""


def run(directory: Path, data_dir: Path | None) -> None:
    """Play, look and write. Raises `Problem`, and what `demo.steps.perform` raises."""
    directory.mkdir(parents=True, exist_ok=True)
    # The browser first: whoever lacks it should not wait for the stack to learn so.
    with (
        open_browser() as browser,
        open_stage(data_dir, say, real_items=False, scale=SCALE) as stage,
    ):
        say("A few customers write, and the team acts; the last promise breaks in some minutes.")
        morning = play(stage, say)
        for picture in Gallery(browser, stage, morning, directory).take_all():
            print(picture, flush=True)  # noqa: T201 - the answer itself


def main(given: Sequence[str] | None = None) -> int:
    """Run; a person gets a sentence and never a traceback."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.screenshots",
        description="Take the pictures of the documentation in a real browser.",
        epilog="Example: python -m demo.screenshots --into /tmp/pictures",
    )
    parser.add_argument("--into", type=Path, default=PICTURES, help="where the pictures go")
    parser.add_argument("--data-dir", type=Path, help="where the stack keeps its files")
    chosen = parser.parse_args(given)
    try:
        run(chosen.into, chosen.data_dir)
    except Problem as problem:
        say(problem.sentence())
        return int(problem.exit_code)
    except (ChannelBroken, NotSeen, TurnedAway) as problem:
        say(f"The scene could not be played: {problem}.")
        return int(ExitCode.ANSWER_IS_NO)
    return int(ExitCode.DONE)


if __name__ == "__main__":
    sys.exit(main())
