"""The SLAs of a request, for agents."""

from local_jira.calls import Answer, Call
from local_jira.failures import ForbiddenError, NotFoundError
from local_jira.seed_desk import SeedSla
from local_jira.service_desk.requests import status_changes, visible_request
from local_jira.service_desk.shapes import Json, date_json, desk_url, duration_json, page, route
from local_jira.service_desk.sla import Cycle, Facts, cycles
from local_jira.store.comments import comments_of
from local_jira.store.issues import IssueRecord
from local_jira.store.properties import properties_of
from local_jira.views.comments import is_public
from local_jira.views.context import View, view_for


def facts_of(view: View, issue: IssueRecord) -> Facts:
    """What happened to the issue, as far as time goals care."""
    statuses = view.catalog.statuses
    answers = [
        comment.created
        for comment in comments_of(view.connection, issue.id)
        if (author := view.account(comment.author)) is not None
        and not author.is_customer
        and is_public(properties_of(view.connection, "comment", comment.id))
    ]
    return Facts(
        statuses=tuple(
            (at, statuses[status].name, statuses[status].category == "done")
            for at, status in status_changes(view, issue)
        ),
        first_answer=min(answers, default=None),
    )


def _cycle_json(view: View, cycle: Cycle) -> Json:
    shown: Json = {
        "startTime": date_json(view, cycle.start),
        "breached": cycle.breached,
        "goalDuration": duration_json(cycle.goal),
        "elapsedTime": duration_json(cycle.elapsed),
        "remainingTime": duration_json(cycle.remaining),
    }
    if cycle.breach is not None:
        shown["breachTime"] = date_json(view, cycle.breach)
    if cycle.stop is not None:
        shown["stopTime"] = date_json(view, cycle.stop)
    else:
        # Goals count around the clock here, so it always is within the hours that count.
        shown |= {"paused": cycle.paused, "withinCalendarHours": True}
    return shown


def sla_json(view: View, issue: IssueRecord, sla: SeedSla) -> Json:
    """One goal with its cycles."""
    found = cycles(sla, facts_of(view, issue), view.site.clock())
    shown: Json = {
        "id": sla.id,
        "name": sla.name,
        "completedCycles": [_cycle_json(view, c) for c in found if c.stop is not None],
        "_links": {"self": desk_url(view, f"request/{issue.id}/sla/{sla.id}")},
    }
    ongoing = [cycle for cycle in found if cycle.stop is None]
    if ongoing:
        shown["ongoingCycle"] = _cycle_json(view, ongoing[0])
    return shown


def _slas(call: Call) -> tuple[View, IssueRecord, list[SeedSla]]:
    issue, view = visible_request(call), view_for(call)
    if call.actor.is_customer:
        raise ForbiddenError("Only agents can see the SLAs of a request.")
    desk = view.catalog.projects[issue.project_id].desk
    return view, issue, list(desk.slas) if desk else []


def get_slas(call: Call) -> Answer:
    """GET request/{issueIdOrKey}/sla."""
    view, issue, found = _slas(call)
    return page(call, view, found, lambda sla: sla_json(view, issue, sla))


def get_sla(call: Call) -> Answer:
    """GET request/{issueIdOrKey}/sla/{slaMetricId}."""
    view, issue, found = _slas(call)
    wanted = call.parameters["slaMetricId"]
    for sla in found:
        if sla.id == wanted:
            return Answer(200, sla_json(view, issue, sla))
    raise NotFoundError(f"The SLA with id {wanted} does not exist.")


ROUTES = [
    route("GET", "request/{issueIdOrKey}/sla", get_slas),
    route("GET", "request/{issueIdOrKey}/sla/{slaMetricId}", get_sla),
]
