"""Replying to a question on the page of a rollout, a review or a theme."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from desk.site import Site, Visit
from models.people import Person
from models.sheet import SIGNED
from runtime.problems import Problem, WrongSettings

Refused = Callable[[Problem], Awaitable[HTMLResponse]]
"""Makes the page of a sheet anew, with why what was sent did not count."""


async def answered(
    site: Site, visit: Visit, person: Person, workflow_id: str, path: str, refused: Refused
) -> Response:
    """Reply, and go back to the page; a reply that does not count shows the page as it is now."""
    try:
        said = await _reply(site, visit, person, workflow_id)
    except Problem as problem:
        return await refused(problem)
    return site.after(path, said)


async def _reply(site: Site, visit: Visit, person: Person, workflow_id: str) -> str:
    question, choice = visit.form.get("question", ""), visit.form.get("choice", "")
    if not question or not choice:
        raise WrongSettings("Choose one of the answers.")
    reason = visit.form.get("reason", "") if choice == SIGNED else reason_in(visit)
    try:
        replied = await (await site.sender()).reply(
            workflow_id,
            person.id,
            question,
            choice,
            reason,
            act_id=site.act_id(person, visit.form),
        )
    except ValidationError as error:
        raise WrongSettings("The reason is too long; 2,000 characters are enough.") from error
    return replied.message


def reason_in(visit: Visit) -> str:
    """The reason that was typed. Raises `WrongSettings` when there is none."""
    reason = visit.form.get("reason", "").strip()
    if not reason:
        raise WrongSettings("Give a reason: it is recorded with your answer.")
    return reason
