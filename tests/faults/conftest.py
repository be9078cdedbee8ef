from __future__ import annotations

from collections.abc import Iterator

import pytest

from local_jira.testing import running_local_jira
from tests.faults.fault_rig import Rig

pytest.register_assert_rewrite("tests.faults.write_kinds", "tests.faults.random_story")


@pytest.fixture(scope="module")
def shared_rig() -> Iterator[Rig]:
    with running_local_jira() as site:
        yield Rig.at(site)


@pytest.fixture
def rig(shared_rig: Rig) -> Iterator[Rig]:
    """A Jira without faults; its issues are those of all cases, so each makes its own."""
    shared_rig.clear_faults()
    shared_rig.restart_worker()
    yield shared_rig
    shared_rig.clear_faults()
