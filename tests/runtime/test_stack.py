"""The local stack on a real Temporal server; its other parts are small stand-ins."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from runtime.problems import PartFailed
from runtime.settings import Settings, load_settings
from runtime.stack import LocalStack
from runtime.stack_file import process_is_alive, read_stack
from runtime.stack_plan import StackPorts, local_webhook_secret, plan_stack

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("stack")]

STAND_IN = str(Path(__file__).with_name("stand_in_part.py"))
STAND_IN_WORKER = str(Path(__file__).with_name("stand_in_worker.py"))
ANY_PORT = StackPorts(temporal=0, temporal_ui=0, jira=0, effects=0, desk=0)


def commands(**changes: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    python = (sys.executable, STAND_IN)
    return {
        "jira": (*python, "web", "JIRA_URL"),
        "desk": (*python, "web", "FOLLOWTHROUGH_DESK_PORT"),
        "worker": (sys.executable, STAND_IN_WORKER),
        **changes,
    }


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    for name in list(os.environ):
        if name.startswith(("TEMPORAL_", "JIRA_", "FOLLOWTHROUGH_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path / "data"))
    return load_settings()


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def stack(settings: Settings, said: list[str]) -> Iterator[LocalStack]:
    stack = LocalStack(settings, ports=ANY_PORT, say=said.append, commands=commands())
    yield stack
    stack.stop()


def pids(settings: Settings) -> dict[str, int]:
    announced = read_stack(settings.data_dir)
    assert announced is not None
    return {name: part["pid"] for name, part in announced["parts"].items()}


def test_the_stack_comes_up_is_found_by_others_survives_a_killed_worker_and_stops_clean(
    stack, settings, said
):
    stack.start()
    assert set(pids(settings)) == {"temporal", "jira", "effects", "worker", "desk"}
    assert stack.urls.desk in said[-1]
    with pytest.raises(PartFailed, match="running on this data directory already"):
        LocalStack(settings, ports=ANY_PORT, commands=commands()).start()

    elsewhere = load_settings()
    assert elsewhere.temporal.address == stack.urls.temporal_address
    assert elsewhere.jira == stack.settings.jira
    assert elsewhere.effects_url == stack.urls.effects

    hooks = httpx.get(f"{stack.urls.jira}/rest/webhooks/1.0/webhook").json()
    assert [hook["url"] for hook in hooks] == [f"{stack.urls.desk}/webhooks/jira"]
    secret = stack.settings.jira.webhook_secret.get_secret_value()
    assert hooks[0]["secret"] == secret
    assert secret not in (settings.data_dir / "stack.json").read_text()

    killed = pids(settings)["worker"]
    stack.kill_worker()
    stack.check()
    assert not process_is_alive(killed)
    stack.restart_worker()
    assert pids(settings)["worker"] != killed
    stack.restart_worker()
    assert "drained" in stack.logs["worker"].read_text()

    running = pids(settings)
    stack.stop()
    assert [name for name, pid in running.items() if process_is_alive(pid)] == []
    assert read_stack(settings.data_dir) is None
    assert load_settings().jira.url == "http://127.0.0.1:8701"
    assert local_webhook_secret(settings.data_dir) == secret


def test_a_part_that_does_not_come_up_stops_the_others(settings, said):
    dying = commands(jira=(sys.executable, STAND_IN, "dies"))
    stack = LocalStack(settings, ports=ANY_PORT, say=said.append, commands=dying)
    with pytest.raises(PartFailed, match="the disk is full"):
        stack.start()
    assert read_stack(settings.data_dir) is None


def test_a_taken_port_is_replaced_and_that_is_told(settings, said):
    settings.data_dir.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = StackPorts(temporal=0, temporal_ui=0, jira=0, effects=0, desk=port)
        plan = plan_stack(settings, ports, say=said.append, commands={}, extra_environment={})
    assert said == [f"Port {port} is taken; the desk is at {plan.urls.desk}."]
    assert not plan.urls.desk.endswith(f":{port}")


def test_a_variable_that_names_another_server_is_told(monkeypatch, settings, said):
    settings.data_dir.mkdir()
    monkeypatch.setenv("JIRA_URL", "https://jira.example")
    plan = plan_stack(settings, ANY_PORT, say=said.append, commands={}, extra_environment={})
    assert said == [
        "JIRA_URL is set, but the local stack uses its own server; unset it to look there."
    ]
    assert plan.parts["worker"].environment["JIRA_URL"] == plan.urls.jira


def test_no_two_parts_get_the_same_port(settings, said):
    settings.data_dir.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    ports = StackPorts(temporal=port, temporal_ui=port, jira=port, effects=port, desk=port)
    urls = plan_stack(settings, ports, say=said.append, commands={}, extra_environment={}).urls
    chosen = [url.rpartition(":")[2] for url in urls.model_dump().values()]
    assert len(set(chosen)) == 5


RUN = """
import json, sys
from runtime.settings import load_settings
from runtime.stack import LocalStack
from runtime.stack_plan import StackPorts
from runtime.problems import Problem
ports = StackPorts(temporal=0, temporal_ui=0, jira=0, effects=0, desk=0)
commands = json.loads(sys.argv[1])
try:
    LocalStack(load_settings(), ports=ports, say=lambda t: print(t, flush=True), commands=commands).run()
except Problem as problem:
    print(problem.sentence(), file=sys.stderr)
    sys.exit(problem.exit_code)
"""


def run_in_a_process(settings: Settings) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, json.dumps(commands())],
        env={**os.environ, "PYTHONPATH": os.getcwd()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for text in process.stdout:
        if text.startswith("Temporal  "):
            return process
    raise AssertionError(f"the stack did not come up: {process.stderr.read()}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_every_part_and_the_command_ends_well(settings, number):
    process = run_in_a_process(settings)
    running = pids(settings)
    process.send_signal(number)
    said, complaints = process.communicate(timeout=60)
    assert process.returncode == 0, complaints
    assert "Stopped." in said
    assert [name for name, pid in running.items() if process_is_alive(pid)] == []


@pytest.mark.kill
def test_a_part_that_dies_later_is_told_and_ends_the_stack(settings):
    process = run_in_a_process(settings)
    running = pids(settings)
    os.kill(running["desk"], signal.SIGKILL)
    _, complaints = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "desk ended by itself (signal SIGKILL)" in complaints
    assert "Traceback" not in complaints
    assert [name for name, pid in running.items() if process_is_alive(pid)] == []


@pytest.mark.kill
def test_what_a_killed_stack_left_running_is_ended_by_the_next(settings, stack, said):
    process = run_in_a_process(settings)
    left = pids(settings)
    process.kill()
    process.communicate()
    assert all(process_is_alive(pid) for pid in left.values())
    stack.start()
    assert [name for name, pid in left.items() if process_is_alive(pid)] == []
    assert any("left over from a stack that was killed" in line for line in said)
    assert read_stack(settings.data_dir)["pid"] == os.getpid()
