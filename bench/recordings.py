"""Recorded histories of scenarios, with the Jira calls that each took."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

from temporalio.client import WorkflowHistory

RECORDINGS = Path(__file__).resolve().parent.parent / "tests" / "replay" / "histories"
SUFFIX = ".json.gz"


@dataclass(frozen=True)
class Recording:
    """One scenario as it was played: its workflows' histories and how often Jira was called."""

    scenario: str
    jira_calls: int
    histories: tuple[WorkflowHistory, ...]


def save(recording: Recording, directory: Path = RECORDINGS) -> Path:
    """Write a recording; the same histories make the same bytes."""
    document = {
        "scenario": recording.scenario,
        "jira_calls": recording.jira_calls,
        "histories": {h.workflow_id: h.to_json_dict() for h in recording.histories},
    }
    directory.mkdir(exist_ok=True)
    path = directory / f"{recording.scenario}{SUFFIX}"
    path.write_bytes(gzip.compress(json.dumps(document).encode(), mtime=0))
    return path


def load(path: Path) -> Recording:
    """Read one recording."""
    document = json.loads(gzip.decompress(path.read_bytes()))
    return Recording(
        scenario=str(document["scenario"]),
        jira_calls=int(document["jira_calls"]),
        histories=tuple(
            WorkflowHistory.from_json(workflow_id, history)
            for workflow_id, history in document["histories"].items()
        ),
    )


def all_recordings(directory: Path = RECORDINGS) -> tuple[Recording, ...]:
    """Every recording there is, by name."""
    return tuple(load(path) for path in sorted(directory.glob(f"*{SUFFIX}")))
