"""Items that began under an earlier version must be able to go on under this one."""

from __future__ import annotations

import pytest
from temporalio.worker import Replayer

from bench.recordings import Recording, all_recordings
from runtime.plugin import followthrough_plugin
from tests.replay.scenarios import SCENARIOS
from worker import WORKFLOWS

RECORDINGS = all_recordings()


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda recording: recording.scenario)
async def test_a_recorded_history_replays(recording: Recording) -> None:
    """If this fails: the order of commands changed. Guard the change with workflow.patched()."""
    replayer = Replayer(workflows=WORKFLOWS, plugins=[followthrough_plugin()])

    for history in recording.histories:
        await replayer.replay_workflow(history)


def test_every_scenario_has_a_recording() -> None:
    """If this fails: run `python -m tests.replay.record` and commit the new file."""
    recorded = {recording.scenario for recording in RECORDINGS}

    assert set(SCENARIOS) <= recorded


NEWS_ONLY = {"IntakeSweepWorkflow", "ReconcileWorkflow", "RolloutSweepWorkflow"}
"""They last seconds and begin anew by their schedule, so none is under way when a version changes."""


def test_the_recordings_hold_every_kind_of_workflow_that_lasts() -> None:
    kinds = {
        history.events[0].workflow_execution_started_event_attributes.workflow_type.name
        for recording in RECORDINGS
        for history in recording.histories
    }

    lasting = {workflow.__name__ for workflow in WORKFLOWS} - NEWS_ONLY
    assert lasting <= kinds, f"record a scenario of: {sorted(lasting - kinds)}"
