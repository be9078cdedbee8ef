"""Small helpers for the tests of the local Jira."""

import io
from typing import Any

import httpx


class Maker:
    """Creates issues in one line."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http

    def __call__(self, summary: str = "Charged twice", **fields: Any) -> str:
        body = {
            "project": {"key": "FT"},
            "issuetype": {"name": "Feedback"},
            "summary": summary,
            **fields,
        }
        answer = self.http.post("/rest/api/2/issue", json={"fields": body})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["key"])


def adf(text: str) -> dict[str, Any]:
    """An ADF document of one paragraph."""
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    return {"type": "doc", "version": 1, "content": [paragraph]}


def file_of(content: bytes, name: str) -> io.BytesIO:
    """A file in memory; HTTP clients take its name from it."""
    file = io.BytesIO(content)
    file.name = name
    return file
