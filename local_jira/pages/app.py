"""The pages for people."""

from local_jira.calls import Answer, Call


def page(call: Call) -> Answer:
    """Serve one page."""
    return Answer(404, "Not found", content_type="text/html;charset=UTF-8")
