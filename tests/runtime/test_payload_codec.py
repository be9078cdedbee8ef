"""What is encrypted comes back whole, or not at all and with a sentence that says why."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from temporalio.api.common.v1 import Payload
from temporalio.api.failure.v1 import Failure
from temporalio.exceptions import ApplicationError

from runtime.payload_codec import (
    ENCODING,
    KEY_ID,
    NONCE_BYTES,
    EncryptionCodec,
    PayloadDamaged,
    PayloadKeyUnknown,
    PayloadUnreadable,
    data_converter,
)
from runtime.payload_keys import PayloadKeyRing, rotate_key

CANARY = "marzipan-locomotive"

payloads = st.builds(
    Payload,
    metadata=st.dictionaries(st.text(max_size=20), st.binary(max_size=20), max_size=3),
    data=st.binary(max_size=300),
)


@pytest.fixture(scope="module")
def ring(tmp_path_factory: pytest.TempPathFactory) -> PayloadKeyRing:
    file = tmp_path_factory.mktemp("keys") / "payload-keys"
    rotate_key(file)
    return PayloadKeyRing(file)


def _encode(codec: EncryptionCodec, *given: Payload) -> list[Payload]:
    return asyncio.run(codec.encode(given))


def _decode(codec: EncryptionCodec, *given: Payload) -> list[Payload]:
    return asyncio.run(codec.decode(given))


def _canary() -> Payload:
    return Payload(metadata={"encoding": b"json/plain"}, data=f'"{CANARY}"'.encode())


@given(given=st.lists(payloads.filter(lambda one: one.metadata.get("encoding") != ENCODING)))
def test_whatever_is_encrypted_comes_back(ring: PayloadKeyRing, given: list[Payload]) -> None:
    codec = EncryptionCodec(ring)

    assert _decode(codec, *_encode(codec, *given)) == given


def test_nothing_of_a_payload_is_left_in_the_clear(ring: PayloadKeyRing) -> None:
    [encrypted] = _encode(EncryptionCodec(ring), _canary())

    assert CANARY.encode() not in encrypted.SerializeToString()
    assert b"json/plain" not in encrypted.SerializeToString()
    assert encrypted.metadata["encoding"] == ENCODING
    assert encrypted.metadata[KEY_ID].decode() == ring.current().active.key_id


def test_the_same_payload_is_encrypted_differently_each_time(ring: PayloadKeyRing) -> None:
    first, second = _encode(EncryptionCodec(ring), _canary(), _canary())

    assert first.data[:NONCE_BYTES] != second.data[:NONCE_BYTES]
    assert first.data[NONCE_BYTES:] != second.data[NONCE_BYTES:]


@pytest.mark.parametrize("encrypting", [True, False])
def test_what_was_never_encrypted_passes_through(ring: PayloadKeyRing, encrypting: bool) -> None:
    codec = EncryptionCodec(ring if encrypting else None)

    assert _decode(codec, _canary(), Payload()) == [_canary(), Payload()]


def test_without_keys_nothing_is_encrypted() -> None:
    assert _encode(EncryptionCodec(None), _canary()) == [_canary()]


def test_after_a_rotation_the_new_key_encrypts_and_the_old_one_still_decrypts(
    tmp_path: Path,
) -> None:
    file = tmp_path / "payload-keys"
    rotate_key(file)
    codec = EncryptionCodec(PayloadKeyRing(file))
    [before] = _encode(codec, _canary())
    new = rotate_key(file).active
    [after] = _encode(codec, _canary())

    assert after.metadata[KEY_ID].decode() == new.key_id != before.metadata[KEY_ID].decode()
    assert _decode(codec, before, after) == [_canary(), _canary()]


@given(place=st.integers(min_value=0), bit=st.integers(0, 7))
def test_one_altered_bit_is_found(ring: PayloadKeyRing, place: int, bit: int) -> None:
    codec = EncryptionCodec(ring)
    [encrypted] = _encode(codec, _canary())
    altered = bytearray(encrypted.data)
    altered[place % len(altered)] ^= 1 << bit
    encrypted.data = bytes(altered)

    with pytest.raises(PayloadDamaged) as refused:
        _decode(codec, encrypted)
    assert refused.value.key_id == ring.current().active.key_id


@pytest.mark.parametrize("length", [0, 5, NONCE_BYTES, NONCE_BYTES + 3])
def test_a_payload_that_was_cut_off_is_found(ring: PayloadKeyRing, length: int) -> None:
    codec = EncryptionCodec(ring)
    [encrypted] = _encode(codec, _canary())
    encrypted.data = encrypted.data[:length]

    with pytest.raises(PayloadDamaged):
        _decode(codec, encrypted)


def test_a_payload_that_names_another_key_than_its_own_is_found(tmp_path: Path) -> None:
    file = tmp_path / "payload-keys"
    old = rotate_key(file).active
    rotate_key(file)
    codec = EncryptionCodec(PayloadKeyRing(file))
    [encrypted] = _encode(codec, _canary())
    encrypted.metadata[KEY_ID] = old.key_id.encode()

    with pytest.raises(PayloadDamaged):
        _decode(codec, encrypted)


def test_an_unknown_key_is_named_with_the_setting_that_mends_it(
    ring: PayloadKeyRing, tmp_path: Path
) -> None:
    [encrypted] = _encode(EncryptionCodec(ring), _canary())
    other = tmp_path / "payload-keys"
    rotate_key(other)

    with pytest.raises(PayloadKeyUnknown) as refused:
        _decode(EncryptionCodec(PayloadKeyRing(other)), encrypted)
    assert refused.value.key_id == ring.current().active.key_id
    assert ring.current().active.key_id in str(refused.value)
    assert str(other) in str(refused.value)
    assert "FOLLOWTHROUGH_PAYLOAD_KEYS_FILE" in str(refused.value.remedy)


def test_without_keys_an_encrypted_payload_says_which_setting_is_missing(
    ring: PayloadKeyRing,
) -> None:
    [encrypted] = _encode(EncryptionCodec(ring), _canary())

    with pytest.raises(PayloadKeyUnknown, match=r"^FOLLOWTHROUGH_PAYLOAD_KEYS_FILE: "):
        _decode(EncryptionCodec(None), encrypted)


@pytest.mark.parametrize("key_id", [CANARY.encode(), b"\xff\xfe", b"", b"0" * 16 + b"\n"])
def test_a_key_id_that_is_none_is_not_repeated(ring: PayloadKeyRing, key_id: bytes) -> None:
    given = Payload(metadata={"encoding": ENCODING, KEY_ID: key_id}, data=CANARY.encode())

    with pytest.raises(PayloadKeyUnknown) as refused:
        _decode(EncryptionCodec(ring), given)
    assert refused.value.key_id is None
    assert CANARY not in str(refused.value)


def test_no_failure_to_decrypt_carries_the_content_or_its_cause(ring: PayloadKeyRing) -> None:
    codec = EncryptionCodec(ring)
    [encrypted] = _encode(codec, _canary())
    encrypted.data += CANARY.encode()

    with pytest.raises(PayloadUnreadable) as refused:
        _decode(codec, encrypted)
    assert CANARY not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


async def _failure(ring: PayloadKeyRing | None) -> Failure:
    converter = data_converter(ring)
    failure = Failure()
    try:
        raise ApplicationError(CANARY, CANARY, type="NoStars")
    except ApplicationError as error:
        await converter.encode_failure(error, failure)
    return failure


async def test_messages_details_and_stack_traces_of_failures_are_encrypted(
    ring: PayloadKeyRing,
) -> None:
    failure = await _failure(ring)

    assert CANARY.encode() not in failure.SerializeToString()
    assert failure.stack_trace == ""
    assert failure.application_failure_info.type == "NoStars"
    error = await data_converter(ring).decode_failure(failure)
    assert isinstance(error, ApplicationError)
    assert (error.message, error.details) == (CANARY, (CANARY,))


async def test_a_failure_from_before_the_switch_is_read_after_it(ring: PayloadKeyRing) -> None:
    failure = await _failure(None)

    error = await data_converter(ring).decode_failure(failure)
    assert isinstance(error, ApplicationError)
    assert error.message == CANARY
