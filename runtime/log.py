"""One line a log event, from every process: structlog around, the standard library within.

Workflow code logs with `workflow.logger.info("event_name", extra={...})`, because structlog's lock
is not allowed in the sandbox; everything else uses structlog. Both end in the same line, with the
ids of the workflow or activity merged in. Payloads and messages of foreign exceptions never reach
a line: a pydantic error, for one, repeats the input it refused, which may be a customer's words.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, ExcInfo, Processor
from temporalio import activity, workflow
from temporalio.exceptions import ApplicationError

from runtime.problems import Problem

WITHHELD = "(withheld)"
WITHHELD_NAMES = frozenset(
    {"body", "comment", "description", "email", "payload", "summary", "text", "token", "secret"}
)
TELLABLE_ERRORS: tuple[type[BaseException], ...] = (Problem, ApplicationError)
"""Errors whose messages are written by this project, without customer text."""
QUIET_LOGGERS = ("httpx", "httpcore", "urllib3", "asyncio", "uvicorn.access", "alembic")
DEEPEST_FRAMES = 6


def configure_logging(
    log_format: Literal["json", "console"] = "json",
    *,
    level: int = logging.INFO,
    stream: TextIO | None = None,
) -> None:
    """Set up structlog and the root logger of this process; call it once, first of all.

    `stream` is standard error unless given, so that standard output stays for answers.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _name_the_failure,
                _merge_temporal_ids,
                _withhold_private_values,
                _renderer(log_format),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in QUIET_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _log_uncaught
    workflow.logger.workflow_info_on_message = False
    activity.logger.activity_info_on_message = False


def _log_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """An unforeseen end is one more event: a bare traceback could repeat a customer's words."""
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    structlog.get_logger("process").critical("ended_by_an_error", exc_info=(kind, error, trace))


def _renderer(log_format: Literal["json", "console"]) -> Processor:
    if log_format == "console":
        return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return structlog.processors.JSONRenderer(sort_keys=True)


def _merge_temporal_ids(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Put the ids of the running workflow or activity beside the event, without nesting."""
    for source in ("temporal_workflow", "temporal_activity"):
        details = event.pop(source, None)
        if isinstance(details, Mapping):
            _add_ids(event, details)
    if activity.in_activity():
        info = activity.info()
        _add_ids(
            event,
            {
                "workflow_id": info.workflow_id,
                "workflow_run_id": info.workflow_run_id,
                "activity_type": info.activity_type,
                "activity_id": info.activity_id,
                "attempt": info.attempt,
            },
        )
    return event


def _add_ids(event: EventDict, details: Mapping[str, Any]) -> None:
    kept = (
        "workflow_id",
        "workflow_type",
        "activity_type",
        "activity_id",
        "attempt",
        "update_id",
        "update_name",
    )
    for name in kept:
        if details.get(name) is not None:
            event.setdefault(name, details[name])
    run_id = details.get("run_id") or details.get("workflow_run_id")
    if run_id is not None:
        event.setdefault("run_id", run_id)


def _withhold_private_values(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """The last guard: names that would hold a person's words or a secret lose their value."""
    for name in event:
        if name.lower() in WITHHELD_NAMES:
            event[name] = WITHHELD
    return event


def _name_the_failure(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Turn an exception into its types, its places, and its message only when that is ours."""
    given = event.pop("exc_info", None)
    event.pop("exc_text", None)
    event.pop("stack_info", None)
    error = _exception_of(given)
    if error is None:
        return event
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain:
        chain.append(following)
        following = following.__cause__ or following.__context__
    event["error"] = " < ".join(_told(link) for link in chain)
    event["error_at"] = [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-DEEPEST_FRAMES:]
    ]
    return event


def _exception_of(given: ExcInfo | BaseException | bool | None) -> BaseException | None:
    if isinstance(given, BaseException):
        return given
    if isinstance(given, tuple):
        return given[1]
    return sys.exc_info()[1] if given else None


def _told(error: BaseException) -> str:
    name = type(error).__name__
    return f"{name}: {error}" if isinstance(error, TELLABLE_ERRORS) else name
