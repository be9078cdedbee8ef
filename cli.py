"""The `followthrough` command. Commands live in `console/`; this is the entry and the last guard.

Exit codes: 0 done, 1 the answer is no, 2 wrong use, 3 a part it needs cannot be reached.
Answers go to standard output (`--json`: one JSON document), everything else to standard error.
"""

from __future__ import annotations

import sys

import typer

from console import (
    acts,
    customer,
    deploy,
    doctor,
    importing,
    intake,
    jira_setup,
    ledger,
    payload_keys,
    policy,
    reading,
    reporting,
    request_acts,
    resume,
    sheets,
    stack,
    themes,
    triage,
    watching,
)
from console.mishaps import keep_details, quiet_logs
from console.plain_words import PlainGroup
from console.surface import print_problem_json, tell_problem
from runtime.leaving import leave
from runtime.problems import ExitCode, Problem

app = typer.Typer(
    name="followthrough",
    cls=PlainGroup,
    help="Every piece of post-release feedback is followed through to a recorded decision.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for group in (
    stack,
    intake,
    importing,
    reading,
    watching,
    reporting,
    customer,
    request_acts,
    acts,
    resume,
    sheets,
    themes,
    policy,
    triage,
    doctor,
    jira_setup,
    payload_keys,
    deploy,
    ledger,
):
    group.add_to(app)


def main() -> None:
    """Run a command; whatever goes wrong is told in a sentence and never as a traceback."""
    quiet_logs()
    leave(_exit_code())


def _exit_code() -> int:
    try:
        app()
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except Problem as problem:
        _tell(problem)
        return problem.exit_code
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # the last guard: a person gets a sentence, the details a file
        _tell(keep_details(error))
        return ExitCode.ANSWER_IS_NO
    return ExitCode.DONE


def _tell(problem: Problem) -> None:
    """The sentence for people; beside it a JSON document when `--json` asked for one."""
    tell_problem(problem)
    if "--json" in sys.argv[1:]:
        print_problem_json(problem)


if __name__ == "__main__":
    main()
