"""A workflow and an activity that log, for the tests of the log and of the plugin."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel
from temporalio import activity, workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    import structlog

log = structlog.get_logger("stand_in.activities")


class Note(BaseModel):
    words: str
    stars: int


@activity.defn
def write_down(note: Note) -> Note:
    log.info("note_written", stars=note.stars, text=note.words)
    if note.stars == 0:
        raise ApplicationError("the note has no stars", type="NoStars", non_retryable=True)
    if note.stars == 9:
        Note.model_validate({"words": note.words, "stars": note.words})
    return note


@workflow.defn
class LoggedWorkflow:
    @workflow.run
    async def run(self, note: Note) -> Note:
        workflow.logger.info("note_received", extra={"stars": note.stars})
        return await workflow.execute_activity(
            write_down, note, start_to_close_timeout=timedelta(seconds=10)
        )


@workflow.defn
class CheckingWorkflow:
    @workflow.run
    async def run(self, words: str) -> None:
        Note.model_validate({"words": words, "stars": words})
