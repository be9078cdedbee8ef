"""The pages for people: the issue list, one issue, and what a person can do there."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from local_jira.calls import Answer, Call
from local_jira.dispatch import note
from local_jira.failures import ProblemError, RefusalError
from local_jira.handlers.attachments import download
from local_jira.pages.actions import ACTIONS, form_of
from local_jira.pages.people import acting_account, choice_cookie, choosable_people
from local_jira.pages.portal import PORTAL_ACTIONS, portal_list, portal_page
from local_jira.pages.show import create_page, issue_page, list_page

_OWN_PAGE = re.compile(r"/(issues|create|portal|(browse|portal)/[A-Za-z0-9_]+-[0-9]+)")
HTML = "text/html;charset=UTF-8"
FOLDER = Path(__file__).parent / "templates"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined
    )
    environment.filters["pretty"] = lambda value: json.dumps(value, indent=2, ensure_ascii=False)
    return environment


ENVIRONMENT = _environment()


def _html(call: Call, template: str, status: int = 200, **content: Any) -> Answer:
    settings = call.site.settings
    text = ENVIRONMENT.get_template(template).render(
        base=settings.context_path,
        title=call.site.catalog.title,
        acting=call.account,
        people=choosable_people(call),
        here=call.path,
        **content,
    )
    return Answer(status, text, content_type=HTML)


def _redirect(call: Call, path: str) -> Answer:
    return Answer(303, "", {"Location": call.site.settings.context_path + path}, HTML)


def _way_back(path: str) -> str:
    """A page of this site to return to; anything else leads to the list."""
    return path if _OWN_PAGE.fullmatch(path) else "/issues"


def _get(call: Call) -> Answer:
    parts = [part for part in call.path.split("/") if part]
    if not parts:
        return _redirect(call, "/issues")
    if parts == ["style.css"]:
        return Answer(
            200, (FOLDER / "style.css").read_text(encoding="utf-8"), content_type="text/css"
        )
    if parts == ["issues"]:
        return _html(call, "issues.html", **list_page(call))
    if parts == ["create"]:
        return _html(call, "create.html", **create_page(call))
    if parts == ["portal"]:
        return _html(call, "portal_list.html", **portal_list(call))
    if len(parts) == 2 and parts[0] == "portal":
        return _html(call, "portal.html", **portal_page(call, parts[1]))
    if len(parts) == 2 and parts[0] == "attachment":
        call.parameters = {"id": parts[1]}
        return download(call)
    if len(parts) == 2 and parts[0] == "browse":
        return _html(call, "issue.html", **issue_page(call, parts[1]))
    raise ProblemError(404, "Not Found", "There is no such page.")


def _post(call: Call) -> Answer:
    if call.is_foreign:
        raise ProblemError(403, "Forbidden", "This form was sent from another site.")
    form = form_of(call)
    if call.path == "/act-as":
        answer = _redirect(call, _way_back(form.get("back", "")))
        answer.headers["Set-Cookie"] = choice_cookie(call, form.get("account", ""))
        return answer
    parts = [part for part in call.path.split("/") if part]
    if parts == ["create"]:
        call.endpoint = "page create"
        return _redirect(call, "/browse/" + ACTIONS["create"](call, "", form))
    if len(parts) == 3 and parts[0] == "browse" and parts[2] in ACTIONS:
        call.endpoint = f"page {parts[2]}"
        ACTIONS[parts[2]](call, parts[1], form)
        return _redirect(call, f"/browse/{quote(parts[1], safe='')}")
    if len(parts) == 3 and parts[0] == "portal" and parts[2] in PORTAL_ACTIONS:
        call.endpoint = f"portal {parts[2]}"
        PORTAL_ACTIONS[parts[2]](call, parts[1], form)
        return _redirect(call, f"/portal/{quote(parts[1], safe='')}")
    raise ProblemError(404, "Not Found", "There is no such page.")


def _guarded(call: Call, work: Callable[[Call], Answer]) -> Answer:
    try:
        if call.is_misdirected:
            raise ProblemError(403, "Forbidden", "This was sent under another site's name.")
        return work(call)
    except RefusalError as refusal:
        sentences = [*refusal.messages, *refusal.errors.values()]
        return _html(call, "refusal.html", refusal.status, sentences=sentences)
    except ProblemError as problem:
        return _html(call, "refusal.html", problem.status, sentences=[problem.detail])


def page(call: Call) -> Answer:
    """Serve one page, or carry out one form as the person whom the reader chose to be."""
    call.account = acting_account(call)
    if call.method in ("GET", "HEAD"):
        answer = _guarded(call, _get)
    elif call.method == "POST":
        answer = _guarded(call, _post)
        if call.endpoint:
            note(call, answer.status, None)
    else:
        answer = Answer(405, "", content_type=HTML)
    answer.headers |= {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }
    return answer
