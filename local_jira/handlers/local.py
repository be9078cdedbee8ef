"""Operations that only this stand-in has: journal, faults, deliveries and reset."""

from pydantic import ValidationError

from local_jira.calls import Answer, Call
from local_jira.database import is_row_id
from local_jira.failures import BadRequestError, NotFoundError
from local_jira.faults import FaultRule
from local_jira.handlers.common import no_content
from local_jira.limits import Limits
from local_jira.routing import Route
from local_jira.seed_file import SeedError
from local_jira.store.journal import counts_since, requests_since
from local_jira.webhooks.outbox import deliveries, send_again
from local_jira.webhooks.page import back_to_page, get_deliveries_page

ICONS = {
    "status": "#6b7785", "issuetype": "#3b6ea5", "priority": "#b4690e", "project": "#3b6ea5",
    "user": "#6b7785",
}  # fmt: skip


def get_journal(call: Call) -> Answer:
    """GET journal?since_id=…: requests and counts per endpoint after that line."""
    since, limit = call.number("since_id", 0), call.number("limit", 1000)
    connection = call.site.database.reader()
    requests = requests_since(connection, since, limit)
    last = connection.execute("SELECT max(id) AS last FROM journal").fetchone()["last"]
    return Answer(
        200,
        {
            "requests": requests,
            "counts": counts_since(connection, since),
            "lastId": last or 0,
        },
    )


def get_faults(call: Call) -> Answer:
    """GET faults: the rules that still apply."""
    return Answer(200, {"faults": call.site.faults.all()})


def _refused(error: ValidationError, what: str) -> BadRequestError:
    first = error.errors()[0]
    place = ".".join(map(str, first["loc"])) or what
    return BadRequestError(errors={place: first["msg"]})


def get_limits(call: Call) -> Answer:
    """GET limits: what is in force."""
    return Answer(200, call.site.limits.limits.model_dump())


def put_limits(call: Call) -> Answer:
    """PUT limits: put these in force, switched on unless `enabled` says otherwise."""
    try:
        limits = Limits.model_validate({"enabled": True, **call.json_object()})
    except ValidationError as error:
        raise _refused(error, "limits") from None
    call.site.limits.set(limits)
    return Answer(200, limits.model_dump())


def delete_limits(call: Call) -> Answer:
    """DELETE limits: none are in force any more."""
    call.site.limits.set(Limits())
    return no_content()


def post_faults(call: Call) -> Answer:
    """POST faults: put a rule in force."""
    try:
        rule = FaultRule.model_validate(call.json_object())
    except ValidationError as error:
        raise _refused(error, "fault") from None
    return Answer(201, call.site.faults.add(rule).shown())


def delete_faults(call: Call) -> Answer:
    """DELETE faults: lift all rules."""
    call.site.faults.clear()
    return no_content()


def get_deliveries(call: Call) -> Answer:
    """GET deliveries?since_id=…: what webhooks were sent or wait to be sent."""
    found = deliveries(
        call.site.database.reader(), call.number("since_id", 0), call.number("limit", 1000)
    )
    return Answer(200, {"deliveries": found})


def post_send_again(call: Call) -> Answer:
    """POST deliveries/{id}/send-again."""
    wanted = call.parameters["id"]
    with call.site.database.transaction() as connection:
        known = is_row_id(wanted) and send_again(connection, int(wanted), call.site.clock())
    if not known:
        raise NotFoundError(f"There is no delivery with id '{wanted}'.")
    call.site.deliverer.wake()
    if "text/html" in call.headers.get("accept", ""):
        return back_to_page(call)
    return Answer(202, {"id": int(wanted), "state": "pending"})


def post_reset(call: Call) -> Answer:
    """POST reset: back to the seed; a seed file that cannot be used any more is refused."""
    try:
        call.site.reset()
    except SeedError as error:
        raise BadRequestError(str(error)) from None
    return no_content()


def get_icon(call: Call) -> Answer:
    """GET icon/{name}: a plain coloured dot, so that icon links lead somewhere."""
    colour = ICONS.get(call.parameters["name"].removesuffix(".svg"), "#6b7785")
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
        f'<circle cx="8" cy="8" r="6" fill="{colour}"/></svg>'
    )
    return Answer(200, picture, content_type="image/svg+xml")


ROUTES = [
    Route("GET", "journal", get_journal, anonymous=True),
    Route("GET", "faults", get_faults, anonymous=True),
    Route("POST", "faults", post_faults, anonymous=True),
    Route("DELETE", "faults", delete_faults, anonymous=True),
    Route("GET", "limits", get_limits, anonymous=True),
    Route("PUT", "limits", put_limits, anonymous=True),
    Route("DELETE", "limits", delete_limits, anonymous=True),
    Route("GET", "deliveries", get_deliveries, anonymous=True),
    Route("GET", "deliveries.html", get_deliveries_page, anonymous=True),
    Route("POST", "deliveries/{id}/send-again", post_send_again, anonymous=True),
    Route("POST", "reset", post_reset, anonymous=True),
    Route("GET", "icon/{name}", get_icon, anonymous=True),
]
