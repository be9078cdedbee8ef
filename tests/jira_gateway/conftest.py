from __future__ import annotations

from collections.abc import Iterator

import pytest

from local_jira.testing import RunningLocalJira, running_local_jira


@pytest.fixture(scope="session")
def jira_site() -> Iterator[RunningLocalJira]:
    with running_local_jira() as site:
        yield site


@pytest.fixture
def site(jira_site: RunningLocalJira) -> Iterator[RunningLocalJira]:
    """A site without faults; its issues are those of all tests, so each makes its own."""
    jira_site.clear_faults()
    yield jira_site
    jira_site.clear_faults()
