"""Registering the desk's webhook, over HTTP with a stand-in that keeps webhooks in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import httpx
import pytest
from pydantic import SecretStr
from stand_in_part import HOOKS, Page

from runtime.jira_webhook import register_webhook
from runtime.ports import free_port
from runtime.problems import Unreachable
from runtime.settings import JiraSettings

DESK = "http://127.0.0.1:8700"


@pytest.fixture
def jira() -> Iterator[JiraSettings]:
    HOOKS.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield settings(server.server_address[1])
    server.shutdown()
    server.server_close()


def settings(port: int, secret: str = "first") -> JiraSettings:
    return JiraSettings(
        url=f"http://127.0.0.1:{port}",
        user="bot@example",
        token=SecretStr("t"),
        webhook_secret=SecretStr(secret),
    )


def registered(jira: JiraSettings) -> list[dict[str, object]]:
    return httpx.get(f"{jira.url}/rest/webhooks/1.0/webhook").json()


def test_registering_again_changes_nothing(jira):
    register_webhook(jira, DESK)
    first = registered(jira)
    register_webhook(jira, DESK)
    assert registered(jira) == first
    assert len(first) == 1


def test_a_desk_that_moved_takes_its_webhook_along(jira):
    register_webhook(jira, DESK)
    register_webhook(jira, "http://127.0.0.1:9999")
    assert [hook["url"] for hook in registered(jira)] == ["http://127.0.0.1:9999/webhooks/jira"]


def test_a_new_secret_replaces_the_webhook_that_had_the_old_one(jira):
    register_webhook(jira, DESK)
    renewed = jira.model_copy(update={"webhook_secret": SecretStr("second")})
    register_webhook(renewed, DESK)
    assert [hook["secret"] for hook in registered(jira)] == ["second"]


def test_a_jira_that_does_not_answer_is_told_with_its_address():
    absent = settings(free_port(0))
    with pytest.raises(Unreachable) as caught:
        register_webhook(absent, DESK)
    assert caught.value.where == absent.url
