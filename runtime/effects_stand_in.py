"""A stand-in for the system that carries out actions: a billing or flag endpoint.

It keeps what such a system must keep: an effect with an idempotency key happens once, the same key
with another body is refused, an effect can be looked up and voided. It can be told to fail.
Run alone: `python -m runtime.effects_stand_in --port 8702 --data-dir .followthrough`.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import Receive, Scope, Send

from runtime.effects_store import EffectsStore, Fault, FaultKind, FaultPlace, Result
from runtime.ports import DEFAULT_EFFECTS_PORT, LOOPBACK

DATABASE = "effects.db"
ALWAYS_ON = "always-on"
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


class EffectRequest(BaseModel):
    """What to do: on whom, for how much (minor currency units), and whatever else the kind needs."""

    model_config = ConfigDict(extra="allow")

    subject: str
    amount_minor: int | None = None
    currency: str | None = None


class FaultRequest(BaseModel):
    """Fail the next `times` calls that write, or that look. `after_commit` does the work first."""

    times: int = Field(default=1, ge=0)
    status: int = Field(default=503, ge=400, le=599)
    after_commit: bool = False
    kind: FaultKind = FaultKind.STATUS
    place: FaultPlace = FaultPlace.WRITE
    delay_seconds: float = Field(default=0.0, ge=0, le=600)


class BrokenOffAnswer(Response):
    """An answer whose connection drops before it is complete: the caller learns nothing."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Announce more than is sent, and stop."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"4096")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": False})


def create_app(store: EffectsStore) -> FastAPI:
    """The endpoint over one store."""
    app = FastAPI(title="Followthrough effects stand-in", docs_url=None, redoc_url=None)
    _add_effects(app, store)
    _add_flags(app, store)
    _add_local(app, store)
    return app


def _add_effects(app: FastAPI, store: EffectsStore) -> None:
    @app.post("/effects/{kind}")
    def execute(kind: str, request: EffectRequest, key: IdempotencyKey) -> Response:
        fault = _before(store, "done")
        asked = request.model_dump(mode="json")
        if fault is not None and fault.kind is FaultKind.WRONG_RECORD:
            asked["amount_minor"] = (request.amount_minor or 0) + 1
        execution = store.execute(key, kind, asked)
        if execution.result is Result.REFUSED:
            raise HTTPException(409, "This idempotency key was used with another request.")
        if fault is not None and fault.kind is FaultKind.LOST_ANSWER:
            return BrokenOffAnswer()
        _after(fault, "done")
        status = 201 if execution.result is Result.EXECUTED else 200
        return JSONResponse(execution.effect, status_code=status)

    @app.get("/effects/{key}")
    def look_up(key: str) -> dict[str, Any]:
        _before(store, "looked up", FaultPlace.LOOK)
        return _known(store.find(key))

    @app.post("/effects/{key}/void")
    def void(key: str) -> dict[str, Any]:
        fault = _before(store, "undone")
        effect = _known(store.void(key))
        _after(fault, "undone")
        return effect


def _add_flags(app: FastAPI, store: EffectsStore) -> None:
    """OpenFeature's remote evaluation (OFREP 0.3.0): every flag is on until it is switched off.

    `always-on` stays on all the same, as a flag does whose cache nobody empties.
    """

    @app.post("/ofrep/v1/evaluate/flags/{key}")
    def evaluate(key: str) -> dict[str, Any]:
        off = key != ALWAYS_ON and store.is_switched_off(key)
        return {"key": key, "reason": "STATIC", "variant": "off" if off else "on", "value": not off}


def _before(store: EffectsStore, done: str, place: FaultPlace = FaultPlace.WRITE) -> Fault | None:
    """The fault that is due for this call, struck if it comes before the work."""
    fault = store.take_fault(place)
    if fault is None:
        return None
    if fault.kind is FaultKind.SLOW:
        time.sleep(fault.delay_seconds)
    if fault.kind is FaultKind.STATUS and not fault.after_commit:
        raise HTTPException(fault.status, f"Failing on purpose, before anything was {done}.")
    return fault


def _after(fault: Fault | None, done: str) -> None:
    if fault is not None and fault.kind is FaultKind.STATUS:
        raise HTTPException(fault.status, f"Failing on purpose, after the effect was {done}.")


def _add_local(app: FastAPI, store: EffectsStore) -> None:
    @app.get("/")
    def ready() -> dict[str, str]:
        return {"service": "effects stand-in", "status": "ready"}

    @app.post("/__local__/faults")
    def fail_next(request: FaultRequest) -> dict[str, Any]:
        fault = Fault(
            status=request.status,
            after_commit=request.after_commit,
            kind=request.kind,
            delay_seconds=request.delay_seconds,
        )
        store.plan_faults(request.times, fault, request.place)
        return request.model_dump(mode="json")

    @app.get("/__local__/journal")
    def journal() -> dict[str, Any]:
        return store.journal()

    @app.exception_handler(HTTPException)
    async def refuse(_request: Request, error: HTTPException) -> JSONResponse:
        return JSONResponse({"error": error.detail}, status_code=error.status_code)


def _known(effect: dict[str, Any] | None) -> dict[str, Any]:
    if effect is None:
        raise HTTPException(404, "No effect has that key.")
    return effect


def main(arguments: list[str] | None = None) -> None:
    """Serve on 127.0.0.1 until stopped."""
    parser = argparse.ArgumentParser(
        prog="python -m runtime.effects_stand_in",
        description="A stand-in for a billing or flag endpoint, for trying out and tests.",
    )
    parser.add_argument("--port", type=int, default=DEFAULT_EFFECTS_PORT)
    parser.add_argument("--data-dir", type=Path, default=Path(".followthrough"))
    chosen = parser.parse_args(arguments)
    chosen.data_dir.mkdir(parents=True, exist_ok=True)
    store = EffectsStore(chosen.data_dir / DATABASE)
    uvicorn.run(
        create_app(store), host=LOOPBACK, port=chosen.port, log_level="warning", access_log=False
    )


if __name__ == "__main__":
    main()
