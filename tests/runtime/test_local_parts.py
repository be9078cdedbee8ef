"""The real parts of the product come up together on a real Temporal server."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest

from runtime.settings import load_settings
from runtime.stack import LocalStack
from runtime.stack_plan import StackPorts

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("stack")]


def test_every_real_part_comes_up_answers_and_stops(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    for name in list(os.environ):
        if name.startswith(("TEMPORAL_", "JIRA_", "FOLLOWTHROUGH_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
    stack = LocalStack(load_settings(), ports=StackPorts(0, 0, 0, 0, 0))
    with stack:
        jira = stack.settings.jira
        assert jira.token is not None
        credentials = (jira.user, jira.token.get_secret_value())
        myself = httpx.get(f"{jira.url}/rest/api/3/myself", auth=credentials).json()
        assert myself["emailAddress"] == jira.user
        assert httpx.get(f"{stack.urls.effects}/__local__/journal").json()["doubles"] == 0
        assert httpx.get(stack.urls.desk, follow_redirects=True).status_code == 200
        stack.check()
    secret = jira.webhook_secret
    assert secret is not None
    for log in stack.logs.values():
        text = log.read_text()
        assert "Traceback" not in text, f"{log} shows a traceback"
        assert secret.get_secret_value() not in text, f"{log} shows the webhook's secret"
