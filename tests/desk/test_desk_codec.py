"""The desk makes payloads readable for the Temporal UI of people who are signed in, over HTTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from google.protobuf import json_format
from starlette.responses import Response
from temporalio.api.common.v1 import Payload, Payloads

from desk.app import create_app
from desk.passwords import set_password
from desk.routes_codec import LARGEST_BODY
from desk.sessions import Sessions, session_secret
from runtime.payload_codec import ENCODING, KEY_ID, EncryptionCodec
from runtime.payload_keys import PayloadKeyRing, rotate_key
from runtime.problems import WrongSettings
from runtime.settings import load_settings
from tests.browser import Browser, served

TEMPORAL_UI = "http://127.0.0.1:8233"
ASKED_BY_TEMPORAL_UI = {
    "Origin": TEMPORAL_UI,
    "Content-Type": "application/json",
    "X-Namespace": "default",
}
PLAIN = Payload(metadata={"encoding": b"json/plain"}, data=b'"marzipan-locomotive"')


@pytest.fixture
def keys_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "payload-keys"
    rotate_key(file)
    monkeypatch.setenv("FOLLOWTHROUGH_PAYLOAD_KEYS_FILE", str(file))
    return file


@pytest.fixture
def encrypted(keys_file: Path) -> Payload:
    [payload] = asyncio.run(EncryptionCodec(PayloadKeyRing(keys_file)).encode([PLAIN]))
    return payload


@pytest.fixture(autouse=True)
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:9")
    monkeypatch.setenv("JIRA_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("FOLLOWTHROUGH_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("FOLLOWTHROUGH_TEMPORAL_UI_URL", f"{TEMPORAL_UI}/")
    set_password(tmp_path, "lena", "pw of lena")


@pytest.fixture
async def anybody(encrypted: Payload) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        served(create_app(load_settings())) as address,
        httpx.AsyncClient(base_url=address, follow_redirects=True) as http,
    ):
        yield http


@pytest.fixture
async def lena(anybody: httpx.AsyncClient) -> httpx.AsyncClient:
    await Browser(anybody).sign_in("lena")
    return anybody


async def ask(
    http: httpx.AsyncClient, path: str, *payloads: Payload, **headers: str
) -> httpx.Response:
    body = json_format.MessageToJson(Payloads(payloads=payloads))
    return await http.post(path, content=body, headers={**ASKED_BY_TEMPORAL_UI, **headers})


def payloads_of(answer: httpx.Response) -> list[Payload]:
    assert answer.status_code == 200, answer.text
    return list(json_format.Parse(answer.text, Payloads()).payloads)


def without_a_payload(answer: httpx.Response) -> bool:
    """The Temporal UI would take JSON for payloads."""
    try:
        json.loads(answer.text)
    except ValueError:
        return "marzipan" not in answer.text
    return False


async def test_somebody_signed_in_reads_payloads_in_the_temporal_ui(
    lena: httpx.AsyncClient, encrypted: Payload
) -> None:
    answer = await ask(lena, "/codec/decode", encrypted, PLAIN)

    assert payloads_of(answer) == [PLAIN, PLAIN]
    assert answer.headers["Access-Control-Allow-Origin"] == TEMPORAL_UI
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert answer.headers["Cache-Control"] == "no-store"


async def test_what_is_sent_from_the_temporal_ui_is_encrypted_first(
    lena: httpx.AsyncClient, keys_file: Path
) -> None:
    [sealed] = payloads_of(await ask(lena, "/codec/encode", PLAIN))

    assert sealed.metadata["encoding"] == ENCODING
    assert payloads_of(await ask(lena, "/codec/decode", sealed)) == [PLAIN]


async def test_nobody_reads_without_signing_in(
    anybody: httpx.AsyncClient, encrypted: Payload
) -> None:
    answer = await ask(anybody, "/codec/decode", encrypted)

    assert answer.status_code == 401
    assert without_a_payload(answer)
    assert answer.headers["Access-Control-Allow-Origin"] == TEMPORAL_UI


async def test_a_link_from_a_notice_does_not_open_histories(
    anybody: httpx.AsyncClient, encrypted: Payload, tmp_path: Path
) -> None:
    sessions, carrier = Sessions(session_secret(tmp_path), secure=False), Response()
    sessions.write(carrier, sessions.begin_by_link("lena", "FT-1"))
    cookie, _, _ = carrier.headers["set-cookie"].partition(";")

    answer = await ask(anybody, "/codec/decode", encrypted, Cookie=cookie)

    assert answer.status_code == 401
    opened = await anybody.get("/items/FT-1", headers={"Cookie": cookie})
    assert opened.url.path == "/items/FT-1"


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", "", f"{TEMPORAL_UI}0"])
async def test_no_other_page_may_ask(
    lena: httpx.AsyncClient, encrypted: Payload, origin: str
) -> None:
    answer = await ask(lena, "/codec/decode", encrypted, Origin=origin)

    assert answer.status_code == 403
    assert without_a_payload(answer)
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_the_browser_is_told_that_the_temporal_ui_may_ask(anybody: httpx.AsyncClient) -> None:
    answer = await _preflight(anybody, TEMPORAL_UI)

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == TEMPORAL_UI
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert "x-namespace" in answer.headers["Access-Control-Allow-Headers"].lower()


async def test_the_browser_is_told_that_no_other_page_may_ask(anybody: httpx.AsyncClient) -> None:
    answer = await _preflight(anybody, "https://elsewhere.example")

    assert answer.status_code == 400
    assert "Access-Control-Allow-Origin" not in answer.headers


async def _preflight(http: httpx.AsyncClient, origin: str) -> httpx.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type,x-namespace",
    }
    return await http.options("/codec/decode", headers=headers)


@pytest.mark.parametrize("path", ["/codec/decode", "/codec/encode"])
async def test_it_cannot_be_asked_by_a_link(lena: httpx.AsyncClient, path: str) -> None:
    answer = await lena.get(path, headers=ASKED_BY_TEMPORAL_UI)

    assert answer.status_code == 405


async def test_a_body_that_is_too_large_is_not_read(lena: httpx.AsyncClient) -> None:
    answer = await lena.post(
        "/codec/decode", content=b" " * (LARGEST_BODY + 1), headers=ASKED_BY_TEMPORAL_UI
    )

    assert answer.status_code == 413


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"[1]", b'{"payloads": 1}', b'{"other": []}', b"\xff", b"[" * 5000]
)
async def test_a_body_that_is_none_is_refused(lena: httpx.AsyncClient, body: bytes) -> None:
    answer = await lena.post("/codec/decode", content=body, headers=ASKED_BY_TEMPORAL_UI)

    assert answer.status_code == 400
    assert without_a_payload(answer)


async def test_a_payload_that_cannot_be_decrypted_is_told_with_its_key(
    lena: httpx.AsyncClient, encrypted: Payload
) -> None:
    encrypted.metadata[KEY_ID] = b"0123456789abcdef"

    answer = await ask(lena, "/codec/decode", encrypted)

    assert answer.status_code == 422
    assert "0123456789abcdef" in answer.text
    assert without_a_payload(answer)


async def test_without_the_address_of_a_temporal_ui_there_is_no_codec_server(
    monkeypatch: pytest.MonkeyPatch, encrypted: Payload
) -> None:
    monkeypatch.delenv("FOLLOWTHROUGH_TEMPORAL_UI_URL")
    async with (
        served(create_app(load_settings())) as address,
        httpx.AsyncClient(base_url=address) as http,
    ):
        assert (await ask(http, "/codec/decode", encrypted)).status_code == 404


def test_the_desk_does_not_start_with_keys_that_cannot_be_used(keys_file: Path) -> None:
    keys_file.chmod(0o644)

    with pytest.raises(WrongSettings, match="others may read"):
        create_app(load_settings())
