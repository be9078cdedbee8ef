"""What every page of the desk shares: who looks, the templates, the way to Temporal and Jira."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from desk.acts import ActSender, new_act_id
from desk.attempts import FailedAttempts
from desk.clock_drawing import drawn
from desk.clock_view import clock_late, clock_stands, rests, shows_due
from desk.deliveries import LedgerDeliveries
from desk.finding import ItemReference
from desk.form_data import read_form
from desk.next_act import next_act
from desk.open_id import OpenIdProvider
from desk.people import People
from desk.recent_answers import RecentAnswers
from desk.sessions import NOTICE_COOKIE, Session, Sessions
from desk.temporal_link import TemporalLink
from desk.wording import channel, commands, money, until, words, working_time
from desk.words_of_items import WordsOfItems
from models.people import Channel, Person
from runtime.settings import Settings
from runtime.signing import SigningKey

HERE = Path(__file__).parent
ROOMS = {
    "/": "Inbox",
    "/rollouts": "Rollouts",
    "/themes": "Themes",
    "/reviews": "Reviews",
    "/numbers": "Numbers",
    "/policies": "Policies",
    "/ledger": "Ledger",
    "/operations": "Operations",
}
"""The pages that every page leads to, and what they are called there."""
ACT_ID = re.compile(r"[0-9a-f]{32}")


class SignInFirst(Exception):  # noqa: N818 - it names what must happen, not what broke
    """The page is only for people who are signed in; `wanted` is where they wanted to go."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        super().__init__("sign in first")


@dataclass(frozen=True)
class Visit:
    """One request for a page: who looks, and what they typed when they posted a form."""

    request: Request
    session: Session
    person: Person | None
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """The parts of the desk. `find` and `ledger` are blocking.

    `note` keeps what a list has just shown.
    """

    settings: Settings
    people: People
    temporal: TemporalLink
    sessions: Sessions
    signing_key: SigningKey
    find: Callable[[str], ItemReference]
    note: Callable[[str, ItemReference], None]
    ledger: LedgerDeliveries
    words: WordsOfItems
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))
    attempts: FailedAttempts = field(default_factory=FailedAttempts)
    provider: OpenIdProvider | None = None
    """Where people sign in; None means with passwords kept on this machine."""
    recent: RecentAnswers = field(default_factory=RecentAnswers)
    closing: Callable[[], bool] = field(default=lambda: False)
    """Whether the desk is about to stop; what streams to a browser ends then."""
    templates: Environment = field(init=False)

    def __post_init__(self) -> None:
        """Set the templates up: everything is escaped, a missing value is an error."""
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self.templates.filters.update(
            channel=channel,
            clock_late=clock_late,
            clock_stands=clock_stands,
            drawn=drawn,
            commands=commands,
            money=money,
            next_act=next_act,
            rests=rests,
            shows_due=shows_due,
            until=until,
            words=words,
            working_time=working_time,
        )

    async def visit(self, request: Request) -> Visit:
        """Who looks, signed in or not."""
        session = self.sessions.read(request)
        return Visit(
            request, session, await asyncio.to_thread(self.people.signed_in, session.person)
        )

    async def signed_in(self, request: Request) -> tuple[Visit, Person]:
        """Who looks. Raises `SignInFirst`, also for what a link from a notice does not open."""
        visit = await self.visit(request)
        allowed = visit.session.allows(request.method, request.url.path)
        if visit.person is None or not allowed:
            raise SignInFirst(request.url.path if request.method == "GET" else "/")
        return visit, visit.person

    async def posted(self, request: Request) -> tuple[Visit, Person]:
        """Who posts what. Raises `SignInFirst`, or `HTTPException` 403 for a foreign form."""
        visit, person = await self.signed_in(request)
        form = await read_form(request)
        self.require_own_form(visit.session, form)
        return replace(visit, form=_with_own_act_id(form, request.url.path)), person

    def require_own_form(self, session: Session, form: Mapping[str, str]) -> None:
        """Raise `HTTPException` 403 unless this session's own page made the form."""
        if not self.sessions.form_token_holds(session, form.get("form_token", "")):
            raise HTTPException(403, "This form is too old or not ours. Open the page again.")

    def act_id(self, person: Person, form: Mapping[str, str]) -> str:
        """The id of this act: the same for a form sent twice, never another person's."""
        given = form.get("act_id", "")
        return f"desk-{person.id}-{given if ACT_ID.fullmatch(given) else new_act_id()}"

    async def sender(self) -> ActSender:
        """Sends acts signed as coming from the desk. Raises `Unreachable`."""
        return ActSender(await self.temporal.client(), self.signing_key, Channel.DESK)

    async def item(self, key: str) -> ItemReference:
        """The item behind a key; see `find_item`."""
        return await asyncio.to_thread(self.find, key)

    def page(
        self, visit: Visit, template: str, *, status: int = 200, **values: Any
    ) -> HTMLResponse:
        """A rendered page with its cookies. `status` is the HTTP status."""
        notice = self.sessions.take_notice(visit.request)
        text = self.templates.get_template(template).render(
            person=visit.person,
            typed=visit.form,
            notice=notice,
            form_token=self.sessions.form_token(visit.session),
            act_id=new_act_id(),
            by_link=visit.session.only is not None,
            local_sign_in=self.provider is None,
            unproven=self.settings.allow_unproven_decisions,
            scale=self.settings.clock_scale,
            now=self.now(),
            rooms=ROOMS,
            room=_room_of(visit.request.url.path),
            **values,
        )
        response = HTMLResponse(text, status_code=status)
        self.sessions.write(response, visit.session)
        if notice is not None:
            response.delete_cookie(NOTICE_COOKIE)
        return response

    def after(self, path: str, notice: str) -> Response:
        """Go to a page after a change, and say there what happened."""
        self.recent.forget()
        response = RedirectResponse(path, status_code=303)
        self.sessions.leave_notice(response, notice)
        return response

    def jira_link(self, issue_key: str) -> str:
        """The issue in Jira."""
        return f"{self.settings.jira.site_url}/browse/{quote(issue_key)}"

    def temporal_link(self, workflow_id: str) -> str | None:
        """The run in the Temporal UI; None when nobody said where that is."""
        base = self.settings.temporal_ui_url
        if base is None:
            return None
        namespace = quote(self.settings.temporal.namespace)
        return f"{base}/namespaces/{namespace}/workflows/{quote(workflow_id)}"


def _room_of(path: str) -> str:
    """The page among `ROOMS` that this one belongs to; items and requests belong to the inbox."""
    first = f"/{path.split('/')[1]}"
    return first if first in ROOMS else "/"


def _with_own_act_id(form: Mapping[str, str], path: str) -> Mapping[str, str]:
    """All forms of a page carry one act id; this makes it one for each thing that is done.

    Else the second form of a page gone back to would be taken for the first, sent twice.
    """
    given = form.get("act_id", "")
    if not ACT_ID.fullmatch(given):
        return form
    what = f"{given} {path} {form.get('question', '')}"
    return {**form, "act_id": sha256(what.encode()).hexdigest()[:32]}
