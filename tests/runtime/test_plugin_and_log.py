"""The plugin, the connection and the log on a real Temporal server."""

from __future__ import annotations

import io
import json
import logging
import os
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import structlog
from pydantic import ValidationError
from temporalio import activity, workflow
from temporalio.client import Client, WorkflowFailureError
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Replayer, Worker

from models.names import SEARCH_ATTRIBUTES
from runtime.build_id import build_id
from runtime.connection import connect
from runtime.log import configure_logging
from runtime.plugin import followthrough_plugin
from runtime.ports import free_port
from runtime.problems import ExitCode, Problem, Unreachable, WrongSettings
from runtime.settings import load_settings
from runtime.temporal_server import (
    add_search_attributes,
    find_temporal_binary,
    missing_search_attributes,
    refuse_missing_search_attributes,
)

with workflow.unsafe.imports_passed_through():
    from careless_workflow import CarelessWorkflow
    from logged_workflow import CheckingWorkflow, LoggedWorkflow, Note, write_down

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("stack")]

CUSTOMER_WORDS = "my card 4111 was charged twice"


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    for name in list(os.environ):
        if name.startswith(("TEMPORAL_", "JIRA_", "FOLLOWTHROUGH_")):
            monkeypatch.delenv(name)
    async with await WorkflowEnvironment.start_local(
        dev_server_existing_path=str(find_temporal_binary()), dev_server_log_level="error"
    ) as environment:
        address = environment.client.service_client.config.target_host
        monkeypatch.setenv("TEMPORAL_ADDRESS", address)
        yield await connect(load_settings())


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """A stream that the log writes to; the log's settings are put back afterwards."""
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    stream = io.StringIO()
    configure_logging("json", stream=stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook = hook
    workflow.logger.workflow_info_on_message = True
    activity.logger.activity_info_on_message = True
    structlog.reset_defaults()


def events(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


async def run(client: Client, kind: object, argument: object) -> object:
    async with Worker(
        client,
        task_queue="log",
        workflows=[LoggedWorkflow, CheckingWorkflow],
        activities=[write_down],
        activity_executor=ThreadPoolExecutor(2),
        max_concurrent_activities=2,
    ):
        return await client.execute_workflow(
            kind.run,
            argument,
            id=f"log-{uuid.uuid4()}",
            task_queue="log",
            retry_policy=RetryPolicy(maximum_attempts=1),
        )


async def test_one_json_line_an_event_with_the_ids_of_workflow_and_activity(client, lines):
    note = Note(words=CUSTOMER_WORDS, stars=3)
    assert await run(client, LoggedWorkflow, note) == note
    written = {event["event"]: event for event in events(lines)}
    assert written["note_received"]["workflow_type"] == "LoggedWorkflow"
    assert written["note_received"]["stars"] == 3
    assert str(written["note_received"]["workflow_id"]).startswith("log-")
    assert written["note_written"]["activity_type"] == "write_down"
    assert written["note_written"]["run_id"] == written["note_received"]["run_id"]
    assert written["note_written"]["attempt"] == 1
    assert [event["event"] for event in events(lines)].count("note_received") == 1


async def test_a_customers_words_reach_no_log_line(client, lines):
    with pytest.raises(WorkflowFailureError):
        await run(client, LoggedWorkflow, Note(words=CUSTOMER_WORDS, stars=0))
    logging.getLogger("foreign").warning("a_warning", extra={"summary": CUSTOMER_WORDS})
    try:
        Note.model_validate({"words": "w", "stars": CUSTOMER_WORDS})
    except ValidationError:
        structlog.get_logger("desk").exception("unreadable_note")
        logging.getLogger("foreign").exception("unreadable_note")
    assert CUSTOMER_WORDS not in lines.getvalue()
    assert "(withheld)" in lines.getvalue()
    failed = next(event for event in events(lines) if "NoStars" in str(event.get("error")))
    assert failed["error"] == "ApplicationError: NoStars: the note has no stars"
    assert any("logged_workflow.py" in place for place in failed["error_at"])


def test_the_words_of_our_own_problems_are_told(lines):
    try:
        raise Problem("the disk is full", where="/data")
    except Problem:
        structlog.get_logger("x").exception("stopped")
    assert events(lines)[0]["error"] == "Problem: /data: the disk is full"


def test_a_process_that_ends_by_an_error_says_so_without_the_words_in_it(lines):
    try:
        Note.model_validate({"words": "w", "stars": CUSTOMER_WORDS})
    except ValidationError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert events(lines)[0]["event"] == "ended_by_an_error"
    assert events(lines)[0]["error"] == "ValidationError"
    assert CUSTOMER_WORDS not in lines.getvalue()


def test_the_console_format_is_for_eyes(lines):
    stream = io.StringIO()
    configure_logging("console", stream=stream)
    structlog.get_logger("x").info("started", port=8700)
    assert "started" in stream.getvalue()
    assert "port" in stream.getvalue()


async def test_a_model_that_does_not_validate_fails_the_workflow_instead_of_wedging_it(client):
    with pytest.raises(WorkflowFailureError) as caught:
        await run(client, CheckingWorkflow, "many")
    assert isinstance(caught.value.cause, ApplicationError)
    assert caught.value.cause.type == "ValidationError"


def test_the_plugin_replays_a_recorded_history_without_further_settings():
    Replayer(workflows=[LoggedWorkflow], plugins=[followthrough_plugin()])


async def test_a_workflow_with_an_import_that_nobody_passed_through_is_refused(client):
    with pytest.raises(RuntimeError, match="Failed validating workflow CarelessWorkflow"):
        Worker(client, task_queue="log", workflows=[CarelessWorkflow])


async def test_every_task_names_the_build_that_did_it(client):
    await run(client, LoggedWorkflow, Note(words="w", stars=1))
    async for found in client.list_workflows("WorkflowType='LoggedWorkflow'"):
        history = await client.get_workflow_handle(found.id).fetch_history()
        completed = [
            event.workflow_task_completed_event_attributes
            for event in history.events
            if event.HasField("workflow_task_completed_event_attributes")
        ]
        assert {task.worker_version.build_id for task in completed} == {build_id()}
        assert {task.versioning_behavior for task in completed} == {0}


async def test_search_attributes_that_a_server_lacks_are_named(client):
    assert await missing_search_attributes(client) == list(SEARCH_ATTRIBUTES)


async def test_a_worker_begins_only_where_its_search_attributes_are(client):
    with pytest.raises(WrongSettings) as caught:
        await refuse_missing_search_attributes(client)
    assert "temporal operator search-attribute create" in str(caught.value.remedy)

    await add_search_attributes(client, list(SEARCH_ATTRIBUTES))

    await refuse_missing_search_attributes(client)


async def test_a_server_that_does_not_answer_is_a_sentence_with_its_address(monkeypatch):
    address = f"127.0.0.1:{free_port(0)}"
    monkeypatch.setenv("TEMPORAL_ADDRESS", address)
    with pytest.raises(Unreachable) as caught:
        await connect(load_settings(), patience_seconds=2)
    assert caught.value.where == address
    assert "followthrough up" in str(caught.value.remedy)
    assert caught.value.exit_code is ExitCode.UNREACHABLE
