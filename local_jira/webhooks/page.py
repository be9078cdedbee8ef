"""The page that shows an administrator what webhooks were sent, and sends them again."""

from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from local_jira.calls import Answer, Call
from local_jira.webhooks.outbox import newest_deliveries

HTML = "text/html;charset=UTF-8"
SHOWN = 200
POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
ENVIRONMENT = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
)
ENVIRONMENT.filters["clock"] = lambda milliseconds: (
    f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%d %b %Y, %H:%M:%S}"
)


def get_deliveries_page(call: Call) -> Answer:
    """GET deliveries.html, newest first; `state` shows only those that are in it."""
    state = call.first("state")
    text = ENVIRONMENT.get_template("deliveries.html").render(
        base=call.site.settings.context_path,
        title=call.site.catalog.title,
        state=state,
        deliveries=newest_deliveries(call.site.database.reader(), state, SHOWN),
    )
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin"}
    return Answer(200, text, headers, HTML)


def back_to_page(call: Call) -> Answer:
    """What a browser is answered after it asked to send something again."""
    path = f"{call.site.settings.context_path}/__local__/deliveries.html"
    return Answer(303, "", {"Location": path}, HTML)
