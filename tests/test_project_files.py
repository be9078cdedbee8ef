"""The lock and the make commands hold what the README promises."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINNED = {
    canonicalize_name(name): version
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", LOCK, re.MULTILINE)
}
WANTED = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["dev"]]


def test_the_lock_names_no_package_index_and_no_address():
    for forbidden in (
        "index-url",
        "--find-links",
        "-f ",
        "http://",
        "https://",
        "file:",
        "--trusted",
    ):
        assert forbidden not in LOCK, f"run `make lock`; it must not write {forbidden!r}"


def test_every_locked_package_has_hashes():
    entries = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)
    unhashed = [entry.split()[0] for entry in entries if entry.strip() and "--hash=" not in entry]
    assert unhashed == [], "run `make lock`"


@pytest.mark.parametrize("wanted", WANTED)
def test_the_lock_satisfies_what_the_project_asks_for(wanted):
    requirement = Requirement(wanted)
    version = PINNED.get(canonicalize_name(requirement.name))
    assert version is not None, f"{requirement.name} is not locked; run `make lock`"
    assert requirement.specifier.contains(version, prereleases=True), "run `make lock`"


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", "--dry-run", "--no-print-directory", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        ((), ""),
        (("ONCE=1",), "--once"),
        (("ONCE=0", "JSON=no"), ""),
        (
            ("ONCE=1", "JSON=1", "INPUT=some file.jsonl", "LIMIT=20"),
            '--once --json --input "some file.jsonl" --limit "20"',
        ),
    ],
)
def test_make_demo_passes_its_variables_on_as_options(arguments, options):
    last = make("demo", *arguments).stdout.strip().splitlines()[-1]
    assert " ".join(last.split()) == f".venv/bin/python -m demo {options}".strip()


def test_too_old_a_python_is_refused_with_the_remedy(tmp_path):
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\ncase "$1" in --version) echo Python 3.9.2 ;; *) exit 1 ;; esac\n')
    old.chmod(0o755)
    outcome = subprocess.run(
        ["sh", "scripts/create-venv"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHON": str(old), "VENV": str(tmp_path / "venv")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 2
    assert "Python 3.11 or newer is needed; found: Python 3.9.2" in outcome.stderr
    assert outcome.stdout == ""


def test_a_python_without_venv_is_refused_with_the_remedy(tmp_path):
    bare = tmp_path / "python3"
    bare.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; *"%d.%d"*) echo 3.12 ;; esac\n')
    bare.chmod(0o755)
    outcome = subprocess.run(
        ["sh", "scripts/create-venv"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHON": str(bare), "VENV": str(tmp_path / "venv")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 2
    assert "apt-get install python3.12-venv" in outcome.stderr


@pytest.mark.parametrize(("pip_fails", "code"), [(False, 0), (True, 3)])
def test_what_pip_says_is_shown_only_when_it_fails(tmp_path, pip_fails, code):
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    python = venv / "bin" / "python"
    fails = "exit 1" if pip_fails else "exit 0"
    python.write_text(
        f'#!/bin/sh\ncase "$*" in *install*) echo "WARNING: of pip" >&2; {fails} ;; esac\n'
    )
    python.chmod(0o755)
    outcome = subprocess.run(
        ["sh", "scripts/create-venv"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "PYTHON": sys.executable, "VENV": str(venv)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == code, outcome.stderr
    assert ("WARNING: of pip" in outcome.stderr) is pip_fails
