"""`/requests/{id}`: the approval card. GET shows, POST decides."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from desk.amounts import read_amount
from desk.approval_view import may_vote, missing, remedy_of, stages, why_not
from desk.failures import status_of
from desk.questions import ask_request
from desk.site import Site, Visit
from models.approval import ActionStatus, Choice
from models.messages import Answer
from models.names import action_workflow_id
from models.people import Person
from policies.days import read_day
from policies.request_digest import short
from runtime.problems import Problem, WrongSettings

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,120}")


def request_routes(site: Site) -> APIRouter:
    """The request's page and its form."""
    router = APIRouter()

    @router.get("/requests/{request_id}")
    async def show(request: Request, request_id: str) -> HTMLResponse:
        visit, person = await site.signed_in(request)
        return await _page(site, visit, person, _checked(request_id))

    @router.post("/requests/{request_id}")
    async def decide(request: Request, request_id: str) -> Response:
        visit, person = await site.posted(request)
        wanted = _checked(request_id)
        try:
            answer = await _vote(site, wanted, person, visit.form)
        except Problem as problem:
            return await _page(site, visit, person, wanted, problem)
        return site.after(f"/requests/{wanted}", answer.message)

    @router.post("/requests/{request_id}/{act}")
    async def change(request: Request, request_id: str, act: str) -> Response:
        visit, person = await site.posted(request)
        wanted = _checked(request_id)
        if act not in _ACTS:
            raise HTTPException(404)
        try:
            answer = await _ACTS[act](site, wanted, person, visit.form)
        except Problem as problem:
            return await _page(site, visit, person, wanted, problem)
        return site.after(f"/requests/{wanted}", answer.message)

    return router


async def _delegate(site: Site, request_id: str, person: Person, form: Mapping[str, str]) -> Answer:
    try:
        until = read_day(form.get("until", ""))
    except ValueError as error:
        raise WrongSettings("Say until which day, such as 2026-06-30.") from error
    to = form.get("to", "").strip()
    if not to:
        raise WrongSettings("Say who votes in your place, by the id of people.yaml.")
    sender = await site.sender()
    act_id = site.act_id(person, form)
    return await sender.delegate(request_id, person.id, to, until, act_id=act_id)


async def _amend(site: Site, request_id: str, person: Person, form: Mapping[str, str]) -> Answer:
    summary, amount = form.get("summary", "").strip(), form.get("amount", "").strip()
    if not summary and not amount:
        raise WrongSettings("Say what changes: the amount, or what is asked.")
    try:
        return await (await site.sender()).amend(
            request_id,
            person.id,
            summary=summary or None,
            amount=read_amount(amount) if amount else None,
            act_id=site.act_id(person, form),
        )
    except ValidationError as error:
        raise WrongSettings("What is asked is too long; 400 characters are enough.") from error


_Act = Callable[[Site, str, Person, Mapping[str, str]], Awaitable[Answer]]
_ACTS: dict[str, _Act] = {"delegate": _delegate, "amend": _amend}


def _checked(request_id: str) -> str:
    if not _REQUEST_ID.fullmatch(request_id):
        raise HTTPException(404)
    return request_id


async def _vote(site: Site, request_id: str, person: Person, form: Mapping[str, str]) -> Answer:
    if not form.get("reason"):
        raise WrongSettings("Give a reason: it is recorded with your vote.")
    try:
        choice = Choice(form.get("choice", ""))
    except ValueError as error:
        raise WrongSettings("Choose to approve or to refuse.") from error
    try:
        return await (await site.sender()).decide(
            request_id,
            person.id,
            choice,
            form["reason"],
            digest=form.get("digest", ""),
            act_id=site.act_id(person, form),
        )
    except ValidationError as error:
        raise WrongSettings("The reason is too long; 2,000 characters are enough.") from error


async def _page(
    site: Site, visit: Visit, person: Person, request_id: str, problem: Problem | None = None
) -> HTMLResponse:
    asked = await ask_request(await site.temporal.client(), request_id)
    return site.page(
        visit,
        "request.html",
        status=status_of(problem) if problem else 200,
        asked=asked,
        parameters=asked.proposal.parameters.model_dump(mode="json", exclude_none=True),
        remedy=remedy_of(asked),
        missing=missing(asked),
        stages=stages(asked),
        hash=short(asked.digest),
        voting=may_vote(asked, person.id),
        why_not=why_not(asked, person.id),
        problem=problem,
        paste=await _paste(site, asked, person),
        jira_link=site.jira_link(asked.item.issue_key),
        temporal_link=site.temporal_link(action_workflow_id(request_id)),
    )


async def _paste(site: Site, asked: ActionStatus, person: Person) -> dict[str, str]:
    """What to paste into the Temporal UI's update form, for those who may vote."""
    if not may_vote(asked, person.id):
        return {}
    sender = await site.sender()

    def text(choice: Choice) -> str:
        ballot = sender.ballot_for_temporal_ui(
            asked.proposal.request_id, person.id, choice, asked.digest
        )
        return ballot.model_dump_json(indent=2)

    return {choice.value: await asyncio.to_thread(text, choice) for choice in Choice}
