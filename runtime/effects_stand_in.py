"""A stand-in for the system that carries out actions: a billing or flag endpoint.

It keeps what such a system must keep: an effect with an idempotency key happens once, the same key
with another body is refused, an effect can be looked up and voided. It can be told to fail.
Run alone: `python -m runtime.effects_stand_in --port 8702 --data-dir .followthrough`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI, Header, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from runtime.effects_store import EffectsStore, Result
from runtime.ports import DEFAULT_EFFECTS_PORT, LOOPBACK

DATABASE = "effects.db"
IdempotencyKey = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


class EffectRequest(BaseModel):
    """What to do: on whom, for how much (minor currency units), and whatever else the kind needs."""

    model_config = ConfigDict(extra="allow")

    subject: str
    amount_minor: int | None = None
    currency: str | None = None


class FaultRequest(BaseModel):
    """Fail the next `times` writes with `status`; `after_commit` does the work first."""

    times: int = Field(default=1, ge=0)
    status: int = Field(default=503, ge=400, le=599)
    after_commit: bool = False


def create_app(store: EffectsStore) -> FastAPI:
    """The endpoint over one store."""
    app = FastAPI(title="Followthrough effects stand-in", docs_url=None, redoc_url=None)
    _add_effects(app, store)
    _add_local(app, store)
    return app


def _add_effects(app: FastAPI, store: EffectsStore) -> None:
    @app.post("/effects/{kind}")
    def execute(kind: str, request: EffectRequest, key: IdempotencyKey) -> JSONResponse:
        fault = store.take_fault()
        if fault is not None and not fault.after_commit:
            raise HTTPException(fault.status, "Failing on purpose, before anything was done.")
        execution = store.execute(key, kind, request.model_dump(mode="json"))
        if execution.result is Result.REFUSED:
            raise HTTPException(409, "This idempotency key was used with another request.")
        if fault is not None:
            raise HTTPException(fault.status, "Failing on purpose, after the effect was done.")
        status = 201 if execution.result is Result.EXECUTED else 200
        return JSONResponse(execution.effect, status_code=status)

    @app.get("/effects/{key}")
    def look_up(key: str) -> dict[str, Any]:
        return _known(store.find(key))

    @app.post("/effects/{key}/void")
    def void(key: str) -> dict[str, Any]:
        fault = store.take_fault()
        if fault is not None and not fault.after_commit:
            raise HTTPException(fault.status, "Failing on purpose, before anything was undone.")
        effect = _known(store.void(key))
        if fault is not None:
            raise HTTPException(fault.status, "Failing on purpose, after the effect was undone.")
        return effect


def _add_local(app: FastAPI, store: EffectsStore) -> None:
    @app.get("/")
    def ready() -> dict[str, str]:
        return {"service": "effects stand-in", "status": "ready"}

    @app.post("/__local__/faults")
    def fail_next(request: FaultRequest) -> dict[str, Any]:
        store.plan_faults(request.times, request.status, after_commit=request.after_commit)
        return request.model_dump()

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
