"""The file of the keys that payloads are encrypted with: made, prepared, rotated, read anew."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from runtime.payload_keys import (
    PayloadKeyRing,
    PayloadKeys,
    prepare_key,
    read_payload_keys,
    rotate_key,
)
from runtime.problems import WrongSettings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys" / "payload-keys"


def _ids(keys: PayloadKeys) -> list[str]:
    return [key.key_id for key in keys.keys]


def test_the_first_rotation_makes_a_file_that_only_its_owner_may_read(file: Path) -> None:
    keys = rotate_key(file)

    assert _ids(keys) == [keys.active.key_id]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_rotation_keeps_the_older_keys_for_reading(file: Path) -> None:
    old = rotate_key(file).active
    new = rotate_key(file)

    assert _ids(new) == [old.key_id, new.active.key_id]
    assert new.active.key_id != old.key_id
    assert new.find(old.key_id) is not None


def test_a_prepared_key_is_known_and_encrypts_only_after_the_rotation(file: Path) -> None:
    old = rotate_key(file).active
    prepared = prepare_key(file)

    assert prepared.active.key_id == old.key_id
    assert prepared.prepared is not None
    assert prepared.find(prepared.prepared.key_id) is not None
    assert rotate_key(file).active.key_id == prepared.prepared.key_id
    assert read_payload_keys(file).prepared is None


def test_preparing_twice_makes_one_key(file: Path) -> None:
    rotate_key(file)

    assert _ids(prepare_key(file)) == _ids(prepare_key(file))


def test_nothing_shows_a_secret(file: Path) -> None:
    keys = rotate_key(file)
    secret = file.read_text().strip()

    assert secret not in repr(keys)
    assert keys.active.key_id not in secret


def test_a_file_that_others_may_read_is_refused_with_the_remedy(file: Path) -> None:
    rotate_key(file)
    file.chmod(0o640)

    with pytest.raises(WrongSettings, match="mode 0640") as refused:
        read_payload_keys(file)
    assert f"chmod 600 {file}" in str(refused.value.remedy)


@pytest.mark.parametrize(
    "content", ["", "\n", "ab\n", "next " + "a" * 64 + "\n", "a" * 64 + "\nzz\n", "A" * 64 + "\n"]
)
def test_a_damaged_file_is_refused_without_its_content(file: Path, content: str) -> None:
    rotate_key(file)
    file.write_text(content)

    with pytest.raises(WrongSettings, match="damaged") as refused:
        read_payload_keys(file)
    assert "a" * 64 not in str(refused.value)


def test_a_missing_file_is_never_made_by_reading_it(file: Path) -> None:
    with pytest.raises(WrongSettings, match="cannot be read") as refused:
        PayloadKeyRing(file)
    assert "payload-keys rotate" in str(refused.value.remedy)
    assert not file.exists()


def test_a_ring_takes_a_rotation_without_a_restart(file: Path) -> None:
    rotate_key(file)
    ring = PayloadKeyRing(file)
    new = rotate_key(file).active

    assert ring.current().active.key_id == new.key_id


@pytest.mark.parametrize("harm", ["remove", "damage"])
def test_a_ring_keeps_its_keys_when_the_file_goes_bad(file: Path, harm: str) -> None:
    active = rotate_key(file).active
    ring = PayloadKeyRing(file)
    if harm == "remove":
        file.unlink()
    else:
        file.write_text("no key")

    assert ring.current().active.key_id == active.key_id
