"""`python -m desk`: serve the desk on 127.0.0.1 until stopped."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import uvicorn

from desk.app import create_app
from desk.people import wrong_policies
from policies.problems import PolicyError
from runtime.leaving import leave
from runtime.log import configure_logging
from runtime.ports import LOOPBACK, is_free
from runtime.problems import ExitCode, Problem
from runtime.settings import Settings, load_settings


def serve(settings: Settings, port: int) -> None:
    """Serve until SIGTERM or Ctrl-C. Raises `Problem` when the desk cannot start."""
    if port and not is_free(port):
        raise Problem(
            f"port {port} is taken by another program.",
            where=f"{LOOPBACK}:{port}",
            remedy="Stop that program, or choose another port with --port.",
        )
    try:
        app = create_app(settings)
    except PolicyError as error:
        raise wrong_policies(settings.policies, error) from error
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host=LOOPBACK,
            port=port,
            log_config=None,
            log_level="warning",
            access_log=False,
            # A forwarded address could be anybody's claim, and sign-in attempts are counted by it.
            proxy_headers=False,
            timeout_graceful_shutdown=10,
            server_header=False,
        )
    )
    app.state.site.closing = lambda: server.should_exit
    server.run()
    if not server.started:
        raise Problem(
            "the desk could not start.",
            where=f"{LOOPBACK}:{port}",
            remedy="The lines above say why.",
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the settings and serve; a person gets a sentence, never a traceback."""
    parser = argparse.ArgumentParser(
        prog="python -m desk", description="The desk of Followthrough."
    )
    parser.add_argument("--port", type=int, help="port on 127.0.0.1 (FOLLOWTHROUGH_DESK_PORT)")
    chosen = parser.parse_args(arguments)
    try:
        settings = load_settings()
        configure_logging(settings.log_format)
        serve(settings, chosen.port or settings.desk_port)
    except Problem as problem:
        print(problem.sentence(), file=sys.stderr)  # noqa: T201 - for the person who started it
        return problem.exit_code
    return ExitCode.DONE


if __name__ == "__main__":
    leave(main())
