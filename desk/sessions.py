"""Who sits in front of the browser: a signed cookie, and a token that every form must carry."""

from __future__ import annotations

import secrets
import time
from pathlib import Path

from itsdangerous import BadSignature, URLSafeSerializer, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from ledger import private_file
from models.base import Frozen

SESSION_COOKIE = "followthrough-session"
NOTICE_COOKIE = "followthrough-notice"
LASTS_SECONDS = 12 * 3600
LINK_SESSION_SECONDS = 3600
SECRET_FILE = "desk-session-secret"  # noqa: S105 - a file's name, not a secret


class Session(Frozen):
    """`person` is None before sign-in. `nonce` is new with each sign-in.

    One that began with a link from a notice is for the item `only` (an issue key), and ends at
    `until` (seconds since 1970).
    """

    nonce: str
    person: str | None = None
    only: str | None = None
    until: float | None = None

    def allows(self, method: str, path: str) -> bool:
        """Whether this page may be opened, or this form sent, without signing in anew."""
        if self.only is None:
            return True
        item = f"/items/{self.only}"
        return (method, path) in (
            ("GET", item),
            ("POST", f"{item}/acknowledge"),
            ("POST", "/sign-out"),
        )


class Sessions:
    """Reads and writes sessions. `secure` demands HTTPS of the browser."""

    def __init__(self, secret: str, *, secure: bool) -> None:
        self._cookies = URLSafeTimedSerializer(secret, salt="session")
        self._forms = URLSafeSerializer(secret, salt="form")
        self._notices = URLSafeTimedSerializer(secret, salt="notice")
        self._secure = secure

    def read(self, request: Request) -> Session:
        """The session of a request; a new one without a person when there is none that holds."""
        raw = request.cookies.get(SESSION_COOKIE, "")
        try:
            session = Session.model_validate(self._cookies.loads(raw, max_age=LASTS_SECONDS))
        except (BadSignature, ValueError):
            return self.begin()
        over = session.until is not None and session.until <= time.time()
        return self.begin() if over else session

    def begin(self, person: str | None = None) -> Session:
        """A new session."""
        return Session(nonce=secrets.token_urlsafe(16), person=person)

    def begin_by_link(self, person: str, issue_key: str) -> Session:
        """A new session for one item."""
        session = self.begin(person)
        until = time.time() + LINK_SESSION_SECONDS
        return session.model_copy(update={"only": issue_key, "until": until})

    def write(self, response: Response, session: Session) -> None:
        """Send the session's cookie."""
        content = self._cookies.dumps(session.model_dump())
        self._set(response, SESSION_COOKIE, str(content), LASTS_SECONDS)

    def end(self, response: Response) -> None:
        """Forget the session in the browser."""
        response.delete_cookie(SESSION_COOKIE)

    def form_token(self, session: Session) -> str:
        """What a form of this session carries, so that no other site can post in its name."""
        return str(self._forms.dumps(session.nonce))

    def form_token_holds(self, session: Session, token: str) -> bool:
        """Whether a form was made for this session; compared in constant time."""
        return secrets.compare_digest(self.form_token(session).encode(), token.encode())

    def leave_notice(self, response: Response, text: str) -> None:
        """Say something on the next page that is shown."""
        self._set(response, NOTICE_COOKIE, str(self._notices.dumps(text)), 60)

    def take_notice(self, request: Request) -> str | None:
        """What was left to be said, if anything."""
        try:
            text = self._notices.loads(request.cookies.get(NOTICE_COOKIE, ""), max_age=60)
        except BadSignature:
            return None
        return str(text)

    def _set(self, response: Response, name: str, value: str, lasts: int) -> None:
        response.set_cookie(
            name, value, max_age=lasts, httponly=True, samesite="lax", secure=self._secure
        )


def session_secret(data_dir: Path) -> str:
    """The secret that cookies are signed with; made once, mode 0600, kept over restarts."""
    path = data_dir / SECRET_FILE
    if path.is_file():
        kept = path.read_text().strip()
        if kept:
            return kept
    data_dir.mkdir(parents=True, exist_ok=True)
    made = secrets.token_urlsafe(32)
    private_file.replace(path, made + "\n")
    return made
