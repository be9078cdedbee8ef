"""An export verifies with the public key alone, and every change of it is noticed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.export import verify_export
from ledger.failures import ExportUnusable
from ledger.store import open_ledger
from runtime.signing import load_or_create_signing_key
from tests.ledger.conftest import make_entry

ROWS = 9


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return load_or_create_signing_key(tmp_path_factory.mktemp("signer") / "key.pem")


@pytest.fixture(scope="module")
def exported(tmp_path_factory, key) -> Path:
    directory = tmp_path_factory.mktemp("exported")
    ledger = open_ledger(f"sqlite:///{directory / 'ledger.db'}")
    ledger.append(tuple(make_entry(number, reason="as agreed") for number in range(1, ROWS + 1)))
    ledger.export(directory / "evidence", key.seal)
    ledger.close()
    return directory / "evidence"


def verdict_of(directory: Path, lines: list[str], exported: Path, key):
    """What is said of these lines with the manifest of the export."""
    directory.mkdir(exist_ok=True)
    (directory / "events.jsonl").write_text("\n".join(lines) + "\n" if lines else "")
    (directory / "export.json").write_bytes((exported / "export.json").read_bytes())
    return verify_export(directory, key.public_keys)


def lines_of(exported: Path) -> list[str]:
    return (exported / "events.jsonl").read_text().splitlines()


def test_an_export_verifies_with_the_public_key_alone(exported, key):
    verdict = verify_export(exported, key.public_keys)
    assert verdict.sound
    assert verdict.rows == ROWS


def test_an_export_without_personal_text_holds_none_and_verifies(tmp_path, key):
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    ledger.append((make_entry(1, reason="a private matter"),))
    ledger.export(tmp_path / "out", key.seal, personal=False)
    ledger.close()
    assert "private" not in (tmp_path / "out" / "events.jsonl").read_text()
    assert "c0ffee" not in (tmp_path / "out" / "events.jsonl").read_text()
    assert verify_export(tmp_path / "out", key.public_keys).sound


def test_an_export_signed_by_somebody_else_is_not_believed(exported, tmp_path):
    other = load_or_create_signing_key(tmp_path / "other.pem")
    with pytest.raises(ExportUnusable, match="not signed with this public key"):
        verify_export(exported, other.public_keys)


def test_an_export_is_never_written_over(exported, key, tmp_path):
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    with pytest.raises(ExportUnusable, match="already"):
        ledger.export(exported, key.seal)
    ledger.close()


many = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@many
@given(data=st.data())
def test_a_changed_member_makes_its_line_the_first_bad_one(exported, key, tmp_path, data):
    lines = lines_of(exported)
    place = data.draw(st.integers(0, ROWS - 1))
    line = json.loads(lines[place])
    name = data.draw(st.sampled_from(sorted(set(line) - {"sequence", "seal"})))
    line[name] = data.draw(
        st.sampled_from(["x", 7, None, {}, []]).filter(lambda v: v != line[name])
    )
    lines[place] = json.dumps(line)
    verdict = verdict_of(tmp_path / "copy", lines, exported, key)
    assert verdict.first_bad is not None
    assert verdict.first_bad.sequence == place + 1


@many
@given(place=st.integers(0, ROWS - 1), garbage=st.text(max_size=20))
def test_a_line_that_is_no_row_is_the_first_bad_one(exported, key, tmp_path, place, garbage):
    lines = lines_of(exported)
    lines[place] = garbage.replace("\n", " ").replace("\r", " ")
    verdict = verdict_of(tmp_path / "copy", lines, exported, key)
    assert verdict.first_bad is not None
    assert verdict.first_bad.sequence == place + 1


@pytest.mark.parametrize("left", [0, 1, ROWS - 1])
def test_lines_missing_at_the_end_are_noticed(exported, key, tmp_path, left):
    verdict = verdict_of(tmp_path / "copy", lines_of(exported)[:left], exported, key)
    assert verdict.first_bad is not None
    assert verdict.first_bad.sequence == left + 1


def test_a_line_after_the_last_checkpoint_is_not_believed(exported, key, tmp_path):
    lines = lines_of(exported)
    extra = {**json.loads(lines[-1]), "sequence": ROWS + 1, "personal": None}
    verdict = verdict_of(tmp_path / "copy", [*lines, json.dumps(extra)], exported, key)
    assert verdict.first_bad is not None
    assert verdict.first_bad.sequence == ROWS + 1


def test_a_checkpoint_kept_from_before_is_held_against_an_export(exported, key, tmp_path):
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    ledger.append((make_entry(1),))
    kept = ledger.checkpoint(key.seal)
    ledger.close()
    assert kept is not None
    verdict = verify_export(
        exported, key.public_keys, [kept.anchor("a checkpoint of another book")]
    )
    assert verdict.first_bad is not None
    assert verdict.first_bad.sequence == 1
