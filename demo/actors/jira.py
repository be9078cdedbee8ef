"""A played person in Jira: writes, comments, moves and edits issues under their own account."""

from __future__ import annotations

from typing import Any

import httpx

from demo.actors.refusals import ChannelBroken, TurnedAway
from demo.people import STAFF, Played

TIMEOUT_SECONDS = 30.0
SOURCE = {"X-Request-Source": "demo"}
INTERNAL = {"key": "sd.public.comment", "value": {"internal": True}}


class JiraPerson:
    """One account. Raises `TurnedAway` when Jira refuses, `ChannelBroken` when it does not answer."""

    def __init__(self, url: str, person: Played, project: str) -> None:
        self.person = person
        self._project = project
        self._client = httpx.Client(
            base_url=f"{url}/rest/api/2/",
            auth=(person.email, person.password),
            headers=SOURCE,
            timeout=TIMEOUT_SECONDS,
            trust_env=False,  # a proxy of this machine does not lead to 127.0.0.1
        )

    def write_issue(self, summary: str, description: str) -> str:
        """Report something; answers the issue's key."""
        fields: dict[str, Any] = {
            "project": {"key": self._project},
            "issuetype": {"name": "Feedback"},
            "summary": summary,
        }
        if description:
            fields["description"] = description
        return str(self._send("POST", "issue", {"fields": fields})["key"])

    def comment(self, key: str, text: str, *, internal: bool = False) -> None:
        """Comment on an issue; customers see what is not internal."""
        body: dict[str, Any] = {"body": text}
        if internal:
            body["properties"] = [INTERNAL]
        self._send("POST", f"issue/{key}/comment", body)

    def move(self, key: str, to: str, resolution: str | None = None) -> None:
        """Take the step that leads to a status; nothing when the issue stands there already."""
        offered = self._send("GET", f"issue/{key}/transitions")["transitions"]
        step = next((one for one in offered if one["to"]["name"] == to), None)
        if step is None:
            raise TurnedAway(f"{key} has no step that leads to {to}")
        body: dict[str, Any] = {"transition": {"id": step["id"]}}
        if resolution:
            body["fields"] = {"resolution": {"name": resolution}}
        self._send("POST", f"issue/{key}/transitions", body)

    def edit(self, key: str, values: dict[str, str]) -> None:
        """Change `priority` (by name) and `assignee` (by the team's id) by hand."""
        fields: dict[str, Any] = {}
        if "priority" in values:
            fields["priority"] = {"name": values["priority"]}
        if "assignee" in values:
            fields["assignee"] = {"accountId": self.account_of(STAFF[values["assignee"]])}
        self._send("PUT", f"issue/{key}", {"fields": fields})

    def delete(self, key: str) -> None:
        """Delete an issue for good."""
        self._send("DELETE", f"issue/{key}")

    def search(self, jql: str, fields: str, properties: str = "") -> list[dict[str, Any]]:
        """Every issue that a search finds, page by page."""
        found: list[dict[str, Any]] = []
        token: str | None = None
        while True:
            asked: dict[str, Any] = {"jql": jql, "fields": fields, "maxResults": 500}
            asked |= {"properties": properties} if properties else {}
            asked |= {"nextPageToken": token} if token else {}
            page = self._send("GET", "search/jql", query=asked)
            found += page.get("issues") or []
            token = page.get("nextPageToken")
            if not token:
                return found

    def read(self, path: str, **query: str) -> dict[str, Any]:
        """Any other reading below the REST root."""
        answer: dict[str, Any] = self._send("GET", path, query=query)
        return answer

    def open_account(self, person: Played) -> str:
        """As the administrator: an account for a customer; answers its id."""
        wanted = {
            "emailAddress": person.email,
            "displayName": person.name,
            "password": person.password,
            "products": [],
        }
        return str(self._send("POST", "user", wanted)["accountId"])

    def account_of(self, person: Played) -> str:
        """The account id of somebody, found by their address."""
        found = self._send("GET", "user/search", query={"query": person.email})
        return str(found[0]["accountId"])

    def _send(
        self, method: str, path: str, body: Any = None, query: dict[str, Any] | None = None
    ) -> Any:
        try:
            answer = self._client.request(method, path, json=body, params=query)
        except httpx.HTTPError as error:
            raise ChannelBroken(f"Jira did not answer ({type(error).__name__})") from error
        if answer.is_server_error:
            raise ChannelBroken(f"Jira answered {answer.status_code} to {method} {path}")
        if not answer.is_success:
            raise TurnedAway(f"Jira answered {answer.status_code} to {method} {path}")
        return answer.json() if answer.content else {}
