"""`/items/{key}`: one item, and the forms to act on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from desk.acts import ActSender
from desk.amounts import parameters_in, read_amount
from desk.answers import NotFollowed
from desk.failures import status_of
from desk.finding import ItemReference
from desk.questions import ask_clocks, ask_item_and_voters, ask_timeline
from desk.site import Site, Visit
from models.approval import ActionKind
from models.lifecycle import Outcome, Severity
from models.messages import Answer
from models.people import Person
from policies.clock_record import explain_recalled
from policies.explanation import explain
from runtime.problems import Problem, WrongSettings

ItemAct = Callable[[ActSender, str, str, Mapping[str, str]], Awaitable[Answer]]
"""Sender, workflow id, person, form → the item's answer."""


async def _acknowledge(
    acts: ActSender, workflow_id: str, person: str, form: Mapping[str, str]
) -> Answer:
    note, hand_to = form.get("note", ""), form.get("hand_to") or None
    return await acts.acknowledge(workflow_id, person, note, hand_to=hand_to, act_id=form["act_id"])


async def _override(
    acts: ActSender, workflow_id: str, person: str, form: Mapping[str, str]
) -> Answer:
    severity = form.get("severity")
    if not (severity or form.get("category") or form.get("owner")):
        raise WrongSettings("Say what is right: a severity, a category or an owner.")
    return await acts.override(
        workflow_id,
        person,
        form.get("reason", ""),
        severity=Severity(severity) if severity else None,
        category=form.get("category") or None,
        owner=form.get("owner") or None,
        act_id=form["act_id"],
    )


async def _resolve(
    acts: ActSender, workflow_id: str, person: str, form: Mapping[str, str]
) -> Answer:
    outcome = Outcome(form.get("outcome", ""))
    if outcome is Outcome.DUPLICATE and not form.get("duplicate_of"):
        raise WrongSettings("Name the issue that this one duplicates, such as FT-12.")
    return await acts.resolve(
        workflow_id,
        person,
        outcome,
        form.get("reason", ""),
        duplicate_of=form.get("duplicate_of") or None,
        act_id=form["act_id"],
    )


async def _propose(
    acts: ActSender, workflow_id: str, person: str, form: Mapping[str, str]
) -> Answer:
    amount = form.get("amount")
    evidence = tuple(part.strip() for part in form.get("evidence", "").split(",") if part.strip())
    return await acts.propose(
        workflow_id,
        person,
        ActionKind(form.get("kind", "")),
        form.get("summary", ""),
        amount=read_amount(amount) if amount else None,
        evidence=evidence,
        parameters=parameters_in(form.get("parameters", "").split()),
        dry_run=form.get("dry_run") == "yes",
        act_id=form["act_id"],
    )


ACTS: dict[str, ItemAct] = {
    "acknowledge": _acknowledge,
    "override": _override,
    "resolve": _resolve,
    "propose": _propose,
}
PROPOSABLE = tuple(kind for kind in ActionKind if kind is not ActionKind.CLIMB)


def item_routes(site: Site) -> APIRouter:
    """The item's page and its forms."""
    router = APIRouter()

    @router.get("/items/{key}")
    async def show(request: Request, key: str) -> HTMLResponse:
        visit, _ = await site.signed_in(request)
        item = await site.item(key)
        try:
            return await _page(site, visit, item)
        except NotFollowed:
            recalled = await asyncio.to_thread(site.ledger.remembered_timeline, item)
            if recalled is None:
                raise
            link = site.jira_link(recalled.issue_key)
            explained = explain_recalled(recalled, site.now())
            return site.page(
                visit, "recalled.html", timeline=recalled, explained=explained, jira_link=link
            )

    @router.post("/items/{key}/resume")
    async def resume(request: Request, key: str) -> Response:
        visit, person = await site.posted(request)
        item = await site.item(key)
        undo = visit.form.get("undo") == "yes"
        await (await site.sender()).resume(item.workflow_id, person.id, undo=undo)
        return site.after(f"/items/{key}", "The item was told to go on.")

    @router.post("/items/{key}/{act}")
    async def act(request: Request, key: str, act: str) -> Response:
        visit, person = await site.posted(request)
        item = await site.item(key)
        try:
            answer = await _do(site, act, item, person, visit.form)
        except Problem as problem:
            return await _page(site, visit, item, problem=problem, failed_act=act)
        path = f"/requests/{answer.request_id}" if answer.request_id else f"/items/{key}"
        return site.after(path, answer.message)

    return router


async def _do(
    site: Site, act: str, item: ItemReference, person: Person, form: Mapping[str, str]
) -> Answer:
    do_it = ACTS.get(act)
    if do_it is None:
        raise WrongSettings("There is no such act.")
    try:
        own_form = {**form, "act_id": site.act_id(person, form)}
        return await do_it(await site.sender(), item.workflow_id, person.id, own_form)
    except ValidationError as error:
        raise WrongSettings("Something is missing: a reason is always needed.") from error
    except ValueError as error:
        raise WrongSettings("One of the choices is not on the list.") from error


async def _page(
    site: Site,
    visit: Visit,
    item: ItemReference,
    *,
    problem: Problem | None = None,
    failed_act: str | None = None,
) -> HTMLResponse:
    client = await site.temporal.client()
    by_link = visit.session.only is not None
    status, timeline, clocks, conversation = await asyncio.gather(
        ask_item_and_voters(client, item.workflow_id),
        ask_timeline(client, item.workflow_id),
        ask_clocks(client, item.workflow_id),
        _nothing() if by_link else site.words.conversation(item.issue_id),
    )
    return site.page(
        visit,
        "item.html",
        status=status_of(problem) if problem else 200,
        item=status,
        timeline=timeline,
        explained=explain(clocks, site.now()),
        conversation=conversation,
        problem=problem,
        failed_act=failed_act,
        severities=tuple(Severity),
        outcomes=tuple(Outcome),
        kinds=PROPOSABLE,
        jira_link=site.jira_link(status.issue_key),
        temporal_link=site.temporal_link(item.workflow_id),
    )


async def _nothing() -> None:
    """In place of the customer's words for who came by a link, which may have been stolen."""
