"""`python -m demo`: the whole of Followthrough on this machine, with played people.

Progress goes to standard error; `--json` prints one JSON object to standard output. Exit codes:
0 everything planned was seen and nothing was doubled or lost, 1 otherwise, 2 wrong use, 3 a part
did not come up.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

from demo.board import Board
from demo.director import Director
from demo.file_run import run_file
from demo.people import STAFF
from demo.reading_back.gather import gather
from demo.script import load_script
from demo.stage import Stage, desk_password, open_stage, watch_words
from demo.summary import Planned, Summary, page, summarise
from runtime.problems import ExitCode, Problem, WrongSettings

LOOKS = 5
LOOK_AGAIN_SECONDS = 3.0
WATCH_SECONDS = 0.5


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line."""

    once: bool
    as_json: bool
    input: Path | None
    limit: int | None
    data_dir: Path | None


def say(text: str) -> None:
    """Tell the person who watches."""
    sys.stderr.write(f"{text}\n")  # in one piece: many stories tell at the same time
    sys.stderr.flush()


def run(options: Options) -> int:
    """Play, read back, print; stay up until Ctrl-C unless told otherwise. Raises `Problem`."""
    if options.input is not None and not options.input.is_file():
        raise WrongSettings(
            "there is no such file.", where=str(options.input), remedy="Give INPUT=path/to/file."
        )
    say(_greeting(options))
    with open_stage(options.data_dir, say, real_items=options.input is not None) as stage:
        summary, planned = _perform(stage, options)
        if options.as_json:
            print(json.dumps(summary.as_json(), indent=2, ensure_ascii=False), flush=True)  # noqa: T201 - the answer itself
        say(page(summary, planned, None if options.once else stage.urls))
        if not options.once:
            _stay_up(stage, planned)
    if not summary.sound:
        problems = (*summary.doubles, *summary.lost, *summary.missing)
        say(f"Not everything was as planned: {problems[0]}.")
    return ExitCode.DONE if summary.sound else ExitCode.ANSWER_IS_NO


def _perform(stage: Stage, options: Options) -> tuple[Summary, Planned]:
    began = time.monotonic()
    if options.input is not None:
        with Board(stage.administrator, stage.project, with_comments=False) as board:
            came = run_file(stage, board, options.input, options.limit, say)
        planned, troubles = Planned(sent=came.sent), tuple(came.troubles)
    else:
        script = load_script()
        stage.welcome_customers()
        say(f"{len(script.items)} customers write now; the team answers, asks, votes and decides.")
        with Board(stage.administrator, stage.project) as board:
            played = Director(stage, script, board, say).play()
        planned = Planned(sent=len(script.items), script=script, keys=dict(played.keys))
        troubles = tuple(played.troubles)
    seconds = time.monotonic() - began
    say("Reading everything back from Jira, Temporal and the effects endpoint.")
    return _read_back(stage, planned, troubles, seconds), planned


def _read_back(
    stage: Stage, planned: Planned, troubles: tuple[str, ...], seconds: float
) -> Summary:
    """What stands; looked at again for a little while, since the last news may be on their way."""
    team = frozenset(stage.administrator.account_of(one) for one in STAFF.values())
    for look in range(LOOKS):
        summary = summarise(
            gather(stage),
            planned,
            team,
            troubles=troubles,
            seconds=seconds,
            clock_scale=stage.settings.clock_scale,
        )
        if summary.sound or look == LOOKS - 1:
            break
        time.sleep(LOOK_AGAIN_SECONDS)
    return summary


def _greeting(options: Options) -> str:
    if options.input is not None:
        return f"Real items from {options.input}. Owners are played by a script; clocks run at real speed."
    return (
        "Lumen Notes is a made-up note-taking app. Its customers, owners and approvers are played "
        "by a script that uses what people use: Jira, the desk, the command line.\n"
        "Clocks run 360 times faster here: an hour takes ten seconds."
    )


def _stay_up(stage: Stage, planned: Planned) -> None:
    say(_invitation(stage, planned))
    told: set[str] = set()
    while True:
        time.sleep(WATCH_SECONDS)
        for part in set(stage.stack.ended_parts()) - told:
            told.add(part)
            say(_ended(stage, part))


def _ended(stage: Stage, part: str) -> str:
    if part == "worker":
        return "The worker has ended. Nothing is lost: start another one, and it goes on."
    log = stage.stack.logs[part]
    return f"{part} has ended; its last words are in {log}. Ctrl-C, then `make demo` starts anew."


def _invitation(stage: Stage, planned: Planned) -> str:
    urls = stage.urls
    waiting = planned.keys.get("school-price-for-a-club", "")
    here = f"FOLLOWTHROUGH_DATA_DIR={stage.settings.data_dir} .venv/bin/followthrough"
    somebody = STAFF["lena"]
    lines = [
        "It stays up until Ctrl-C. Look around:",
        f"  Jira         {urls.jira}/issues",
        f"  Desk         {urls.desk}",
        f"               Sign in as {', '.join(STAFF)}; {somebody.id}'s password is "
        f"{desk_password(somebody)}, and so on.",
        f"  Temporal UI  {urls.temporal_ui}",
        "",
        "Try yourself:",
    ]
    if waiting:
        lines.append(
            f"  {waiting} waits for you: sign in at the desk as lena and decide whether the chess "
            "club gets the school price."
        )
    lines += [
        "  Write an issue of your own in Jira as one of the customers, answer it as ada, and decide "
        "it with a comment such as `/resolve answered It is under Settings` (tick Internal for "
        "such a command, or the customer reads it).",
        f"  A decided item is watched for {watch_words(stage.settings)} here: while it is, a customer "
        "who comes back opens it again; then it is closed.",
        f"  Kill the worker (kill -9 {stage.worker_process() or 'its process'}), write something, "
        "then start another one:",
        f"    {here} worker",
        "  See from a terminal what waits:",
        f"    {here} queue",
    ]
    return "\n".join(lines)


def _options(given: Sequence[str] | None) -> Options:
    parser = argparse.ArgumentParser(
        prog="python -m demo",
        description="Play a scenario of a made-up product through the whole of Followthrough.",
        epilog="Example: python -m demo --once --json",
    )
    parser.add_argument("--once", action="store_true", help="end after the scenario")
    parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")
    parser.add_argument("--input", type=Path, help="take real items from this file instead")
    parser.add_argument("--limit", type=int, help="take so many items of the file")
    parser.add_argument("--data-dir", type=Path, help="where its files go; made anew each time")
    chosen = parser.parse_args(given)
    if chosen.limit is not None and (chosen.limit < 1 or chosen.input is None):
        parser.error("--limit is at least 1 and goes with --input")
    return Options(
        once=chosen.once,
        as_json=chosen.json,
        input=chosen.input,
        limit=chosen.limit,
        data_dir=chosen.data_dir,
    )


def main(given: Sequence[str] | None = None) -> int:
    """Run; a person gets a sentence and never a traceback."""
    options = _options(given)
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _interrupt)
    try:
        return run(options)
    except Problem as problem:
        say(problem.sentence())
        return int(problem.exit_code)
    except KeyboardInterrupt:
        say("Stopped before the end." if options.once else "Stopped.")
        return ExitCode.ANSWER_IS_NO if options.once else ExitCode.DONE


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    """The first Ctrl-C stops everything in order; more of them must not cut that short."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    say("Stopping…")
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
