"""Every kind of write under every kind of fault, in the same worker and in a new one.

Crossed here: each kind of write × each call of its projection × every fault × the same worker or a
new one, on Cloud; and one fault of each family on Data Center. A "new worker" has new clients and
remembers nothing, as after a kill between two attempts. Attempts follow each other as Temporal
makes them, without its waiting; an attempt's failure and wait are what Temporal writes into the
item's history.

A worker's process is really killed in `test_killed_projection.py`, in the middle of a call.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from local_jira.testing import running_local_jira
from models.jira_view import DesiredLink, DesiredView, SeenFields
from tests.faults.fault_kinds import ALL_FAULTS, BREAKS, CONFLICTS, OUTAGES, RATE_LIMITS, Fault
from tests.faults.fault_rig import Rig
from tests.faults.write_kinds import FOREIGN, LINK, WRITES, Write, looks_as_wanted, operations_of
from tests.jira_gateway.jira_people import view_of

ONE_OF_EACH = (RATE_LIMITS[1], OUTAGES[1], OUTAGES[4], *BREAKS, CONFLICTS[0])
READING = [pytest.param(write, "GET", False, id=f"{write.name}, reading") for write in WRITES]
WRITING = [
    pytest.param(
        write, method, new, id=f"{write.name}, {method}, {'new' if new else 'same'} worker"
    )
    for write in WRITES
    for method in write.commits
    for new in (False, True)
]


@pytest.fixture(scope="module")
def other(shared_rig: Rig) -> str:
    """The issue at the other end of links."""
    return shared_rig.ada.create()[1]


@pytest.fixture(scope="module")
def datacenter() -> Iterator[Rig]:
    with running_local_jira(mode="datacenter") as site:
        yield Rig.at(site)


@pytest.mark.parametrize("fault", ALL_FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize(("write", "method", "new_worker"), [*READING, *WRITING])
def test_a_fault_leaves_the_issue_as_wanted_and_everything_there_once(
    rig: Rig, other: str, write: Write, method: str, fault: Fault, new_worker: bool
) -> None:
    _everything_is_there_once(rig, other, write, method, fault, new_worker)


@pytest.mark.parametrize("fault", ONE_OF_EACH, ids=lambda fault: fault.name)
@pytest.mark.parametrize(("write", "method", "new_worker"), WRITING)
def test_on_data_center_a_fault_leaves_the_issue_as_wanted_too(
    datacenter: Rig, write: Write, method: str, fault: Fault, new_worker: bool
) -> None:
    datacenter.clear_faults()
    datacenter.restart_worker()
    _everything_is_there_once(
        datacenter, datacenter.ada.create()[1], write, method, fault, new_worker
    )


@pytest.mark.parametrize("fault", ALL_FAULTS, ids=lambda fault: fault.name)
@pytest.mark.parametrize("path", ["*/myself", "*/serverInfo"])
def test_a_new_workers_first_calls_may_fail_too(
    rig: Rig, other: str, path: str, fault: Fault
) -> None:
    issue = rig.new_issue(*FOREIGN)
    wanted = _view(WRITES[-1], issue, other, rig.seen(issue))
    rig.restart_worker()
    since = rig.position()
    rig.fault({"method": "GET", "path_pattern": path, **fault.rule})
    _, failed = rig.project(wanted)
    _failed_as_it_should(failed, fault)
    assert tuple(rig.committed(since, issue[0])) == WRITES[-1].commits
    looks_as_wanted(rig.show(issue), wanted, other)


def _everything_is_there_once(
    rig: Rig, other: str, write: Write, method: str, fault: Fault, new_worker: bool
) -> None:
    issue = rig.new_issue(*FOREIGN)
    wanted = _view(write, issue, other, rig.seen(issue))
    since = rig.position()
    rig.fault({"method": method, "path_pattern": "*/issue/*", **fault.rule})
    result, failed = rig.project(wanted, rig.restart_worker if new_worker else None)
    again, late = rig.project(wanted)
    _failed_as_it_should([*failed, *late], fault)
    assert result.problems == ()
    assert result.kept == ()
    assert (again.written, again.calls) == ((), 1), "a projection with nothing to do costs one GET"
    assert set(again.confirmed) == operations_of(wanted)
    assert tuple(rig.committed(since, issue[0])) == write.commits
    looks_as_wanted(rig.show(issue), wanted, other)


def _view(write: Write, issue: tuple[str, str], other: str, seen: SeenFields) -> DesiredView:
    link = DesiredLink(operation_id=LINK, kind="Duplicate", other_issue_key=other)
    wishes = {**write.wishes, "links": (link,) if write.linked else ()}
    return view_of(issue, **wishes, last_seen=seen)


def _failed_as_it_should(failed: list[Any], fault: Fault) -> None:
    """An answer without a body cannot be cut off, and a broken connection may show itself late."""
    if fault.breaks_connection:
        assert len(failed) <= 2, failed
    else:
        assert len(failed) == (fault.times if fault.failure else 0), failed
    assert {one.failure for one in failed} <= {fault.failure}
    assert {one.delay for one in failed} <= {fault.delay}
