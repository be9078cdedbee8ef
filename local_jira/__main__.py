"""`python -m local_jira`: run the stand-in on its own."""

import argparse
import logging
import sys
from pathlib import Path

import structlog
from pydantic import ValidationError

from local_jira.database import DataUnusableError
from local_jira.seed_file import SeedError
from local_jira.server import serve
from local_jira.settings import DEFAULT_SEED, LocalJiraSettings


def _arguments(given: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local_jira",
        description="A local stand-in for Jira, for trying out and testing. Jira is Atlassian's mark.",
        epilog="Example: python -m local_jira --port 8701 --data-dir .followthrough/jira",
    )
    parser.add_argument("--port", type=int, default=8701, help="0 takes a free port")
    parser.add_argument("--data-dir", type=Path, default=Path(".followthrough/jira"))
    parser.add_argument("--seed", type=Path, default=DEFAULT_SEED, help="used when the data is new")
    parser.add_argument(
        "--mode",
        choices=("cloud", "datacenter"),
        default="cloud",
        help="which Jira to stand for; datacenter is version 9",
    )
    parser.add_argument("--context-path", default="", help="for example /jira")
    parser.add_argument(
        "--webhook-retry-scale",
        type=float,
        default=0.01,
        help="factor on the real delays of 5 to 15 minutes between retries",
    )
    parser.add_argument("--search-lag-seconds", type=float, default=0.0)
    return parser.parse_args(given)


def _settings(arguments: argparse.Namespace) -> LocalJiraSettings:
    """The settings that were asked for; raises ValidationError."""
    return LocalJiraSettings(
        port=arguments.port,
        data_dir=arguments.data_dir,
        seed=arguments.seed,
        mode=arguments.mode,
        context_path=arguments.context_path,
        webhook_retry_scale=arguments.webhook_retry_scale,
        search_lag_seconds=arguments.search_lag_seconds,
    )


def _told(text: str, code: int) -> int:
    sys.stderr.write(f"{text}\n")
    return code


def main(given: list[str] | None = None) -> int:
    """Run until stopped; exit code 2 for wrong use, 3 when the port is taken."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    arguments = _arguments(sys.argv[1:] if given is None else given)
    try:
        serve(_settings(arguments))
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).replace("_", "-")
        return _told(f"--{option}: {first['msg'].removeprefix('Value error, ')}.", 2)
    except SeedError as error:
        return _told(f"{error}\nMend the seed file, or leave --seed out to use the default.", 2)
    except DataUnusableError as error:
        return _told(f"The data cannot be used: {error}.\nChoose another --data-dir.", 2)
    except OSError as error:
        return _told(
            f"Cannot listen on port {arguments.port}: {error.strerror}.\n"
            "Choose another one with --port, or 0 for a free one.",
            3,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
