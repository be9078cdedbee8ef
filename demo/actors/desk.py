"""A played person at the desk: signs in with a password, opens a page, fills in its form."""

from __future__ import annotations

import threading
import time

import httpx

from demo.actors.forms import Form, forms_of, problem_of
from demo.actors.refusals import ChannelBroken, TurnedAway

TIMEOUT_SECONDS = 40.0
TRIES = 10
AGAIN_AFTER_SECONDS = 2.0
"""While no worker runs the desk asks people to come back; sending the same form again is safe."""


class DeskPerson:
    """One browser. Raises `TurnedAway` when the desk refuses, `ChannelBroken` when it fails."""

    def __init__(self, url: str, person: str, password: str) -> None:
        self._person = person
        self._password = password
        self._lock = threading.Lock()  # one person does one thing after the other
        self._signed_in = False
        self._client = httpx.Client(
            base_url=url,
            timeout=TIMEOUT_SECONDS,
            follow_redirects=True,
            trust_env=False,  # a proxy of this machine does not lead to 127.0.0.1
        )

    def act(self, key: str, act: str, values: dict[str, str]) -> None:
        """Send the form of an item's page that does `act`."""
        self._fill_in(f"/items/{key}", f"/items/{key}/{act}", values)

    def vote(self, request_id: str, choice: str, reason: str) -> None:
        """Press a button of a request's card."""
        path = f"/requests/{request_id}"
        self._fill_in(path, path, {"choice": choice, "reason": reason})

    def look(self, path: str) -> str:
        """A page, as HTML."""
        with self._lock:
            return self._open(path)

    def _fill_in(self, page: str, action: str, values: dict[str, str]) -> None:
        with self._lock:
            form = _form(self._open(page), action)
            answer = self._send("POST", form.action, {**form.fields, **values})
        if answer.status_code >= 500:
            raise ChannelBroken(f"the desk answered {answer.status_code} at {page}")
        problem = problem_of(answer.text)
        if answer.is_error or problem:
            raise TurnedAway(problem or f"the desk answered {answer.status_code}")

    def _open(self, path: str) -> str:
        if not self._signed_in:
            self._sign_in()
        answer = self._send("GET", path)
        if answer.is_error:
            raise ChannelBroken(f"the desk answered {answer.status_code} at {path}")
        return answer.text

    def _sign_in(self) -> None:
        form = _form(self._send("GET", "/sign-in").text, "/sign-in")
        known = {"person": self._person, "password": self._password}
        answer = self._send("POST", "/sign-in", {**form.fields, **known})
        if answer.is_error:
            raise TurnedAway(problem_of(answer.text) or "the desk refused the sign-in")
        self._signed_in = True

    def _send(self, method: str, path: str, form: dict[str, str] | None = None) -> httpx.Response:
        """As often as the desk asks for patience; a form keeps its act's id, so it counts once."""
        for _ in range(TRIES - 1):
            answer = self._send_once(method, path, form)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return answer
            time.sleep(AGAIN_AFTER_SECONDS)
        return self._send_once(method, path, form)

    def _send_once(self, method: str, path: str, form: dict[str, str] | None) -> httpx.Response:
        try:
            return self._client.request(method, path, data=form)
        except httpx.HTTPError as error:
            raise ChannelBroken(f"the desk did not answer ({type(error).__name__})") from error


def _form(page: str, action: str) -> Form:
    found = next((form for form in forms_of(page) if form.action == action), None)
    if found is None:
        raise TurnedAway(f"the page offers no form for {action}")
    return found
