from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from models.people import Act, Channel, ProofClaim
from runtime.problems import WrongSettings
from runtime.signing import load_or_create_signing_key, trusted_public_keys


def claim(subject: str = "action-1") -> ProofClaim:
    return ProofClaim(
        person="ada",
        channel=Channel.DESK,
        act=Act.VOTE,
        subject=subject,
        expires_at=datetime(2030, 1, 1, tzinfo=UTC),
    )


def test_a_signed_claim_verifies_with_the_public_key_and_not_for_another_claim(tmp_path):
    key = load_or_create_signing_key(tmp_path / "key.pem")
    proof = key.sign(claim())
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.public_keys[proof.key_id]))
    public.verify(bytes.fromhex(proof.signature), proof.claim.signing_bytes())
    with pytest.raises(InvalidSignature):
        public.verify(bytes.fromhex(proof.signature), claim("action-2").signing_bytes())


def test_only_the_owner_may_read_the_private_key_and_it_is_never_shown(tmp_path):
    path = tmp_path / "made" / "key.pem"
    key = load_or_create_signing_key(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "rivate" not in repr(key)


def test_processes_that_start_together_share_one_key(tmp_path):
    with ThreadPoolExecutor(8) as pool:
        keys = list(pool.map(lambda _: load_or_create_signing_key(tmp_path / "key.pem"), range(8)))
    assert len({key.key_id for key in keys}) == 1
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["key.pem"]


def test_after_rotation_the_old_public_key_stays_trusted_until_it_is_removed(tmp_path):
    path = tmp_path / "key.pem"
    old = load_or_create_signing_key(path)
    path.unlink()
    new = load_or_create_signing_key(path)
    assert trusted_public_keys(path) == {**old.public_keys, **new.public_keys}
    (tmp_path / "trusted-keys" / f"{old.key_id}.pub").unlink()
    assert trusted_public_keys(path) == new.public_keys


def test_a_key_that_others_may_read_is_refused_with_the_remedy(tmp_path):
    path = tmp_path / "key.pem"
    load_or_create_signing_key(path)
    path.chmod(0o644)
    with pytest.raises(WrongSettings, match="chmod 600"):
        load_or_create_signing_key(path)


def test_a_file_that_is_no_key_is_refused(tmp_path):
    path = tmp_path / "key.pem"
    path.write_text("not a key")
    path.chmod(0o600)
    with pytest.raises(WrongSettings, match="no Ed25519 private key"):
        load_or_create_signing_key(path)


def test_a_public_key_that_was_exchanged_under_its_name_is_refused(tmp_path):
    path = tmp_path / "key.pem"
    key = load_or_create_signing_key(path)
    (tmp_path / "trusted-keys" / f"{key.key_id}.pub").write_text("00" * 32)
    with pytest.raises(WrongSettings, match="not the one"):
        trusted_public_keys(path)
