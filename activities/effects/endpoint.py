"""HTTP calls to a system that carries out actions; every answer that is no effect is a failure.

The system keeps the idempotency key, so that repeating a call never repeats the effect:
`POST /effects/{kind}` with `Idempotency-Key`, `GET /effects/{key}`, `POST /effects/{key}/void`.
"""

from __future__ import annotations

from typing import Any, NoReturn

import httpx
from temporalio.exceptions import ApplicationError

from models.effects import System
from models.failures import EFFECT_REFUSED, EFFECT_UNAVAILABLE, Failure

TIMEOUT_SECONDS = 15.0
"""The three calls of an effect fit into the minute that the workflow allows."""
MISSING = 404
CONFLICT = 409
_WORTH_REPEATING = frozenset({408, 425, 429})


class Endpoint:
    """One system at one address. Safe to share among threads."""

    def __init__(self, system: System, url: str | None, client: httpx.Client) -> None:
        self.system = system
        self._url = url.rstrip("/") if url else None
        self._client = client

    def call(
        self, method: str, path: str, shown: str, *, fine: tuple[int, ...] = (), **content: Any
    ) -> dict[str, Any] | None:
        """The JSON object answered; None for a status that is `fine`. `shown` names it in words.

        Raises `ApplicationError` of type `EffectUnavailable` or `EffectRefused`.
        """
        if self._url is None:
            fail(
                EFFECT_UNAVAILABLE,
                f"FOLLOWTHROUGH_EFFECTS_URL is not set on this worker, nor an address for "
                f"{self.system}",
            )
        try:
            response = self._client.request(method, f"{self._url}{path}", **content)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            what = type(error).__name__
            response = None
        if response is None:
            fail(EFFECT_UNAVAILABLE, f"{method} {shown} got no answer ({what})")
        status = response.status_code
        if status in fine:
            return None
        said = f"{method} {shown} was answered {status}"
        if status >= 500 or status in _WORTH_REPEATING:
            fail(EFFECT_UNAVAILABLE, said)
        if not response.is_success:
            fail(EFFECT_REFUSED, said)
        return _object(response, said)


class Endpoints:
    """Where each system answers; without an address of its own, where all of them do."""

    def __init__(self, default: str | None, own: dict[System, str] | None = None) -> None:
        client = httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False)
        self._all = {
            system: Endpoint(system, (own or {}).get(system, default), client) for system in System
        }

    def of(self, system: System) -> Endpoint:
        """The endpoint of this system."""
        return self._all[system]


def fail(failure: Failure, what: str, *, for_good: bool = False) -> NoReturn:
    """Raise a failure of the table; `for_good` ends the retries of one that is worth them."""
    raise ApplicationError(
        f"{what}. {failure.remedy}",
        type=failure.type,
        non_retryable=for_good or not failure.retryable,
    )


def _object(response: httpx.Response, said: str) -> dict[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        fail(EFFECT_UNAVAILABLE, f"{said} without a JSON object")
    return answer
