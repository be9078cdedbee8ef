"""What the tracker answers when it refuses: one exception per kind of answer."""

from collections.abc import Mapping
from typing import Any


class RefusalError(Exception):
    """A request that is answered with Jira's error collection (`errorMessages`, `errors`)."""

    def __init__(
        self, status: int, *messages: str, errors: Mapping[str, str] | None = None
    ) -> None:
        """Keep the HTTP status and the sentences for the caller."""
        super().__init__(status)
        self.status = status
        self.messages = messages
        self.errors = dict(errors or {})

    def body(self) -> dict[str, Any]:
        """The answer's JSON."""
        return {"errorMessages": list(self.messages), "errors": self.errors}


class BadRequestError(RefusalError):
    """400: the request cannot be carried out as it stands."""

    def __init__(self, *messages: str, errors: Mapping[str, str] | None = None) -> None:
        """Answer 400 with these sentences."""
        super().__init__(400, *messages, errors=errors)


class ForbiddenError(RefusalError):
    """403: the account may not do this."""

    def __init__(self, *messages: str) -> None:
        """Answer 403 with these sentences."""
        super().__init__(403, *messages)


class NotFoundError(RefusalError):
    """404: there is no such thing, or the account may not see it."""

    def __init__(self, *messages: str, errors: Mapping[str, str] | None = None) -> None:
        """Answer 404 with these sentences."""
        super().__init__(404, *messages, errors=errors)


class UnauthenticatedError(Exception):
    """401: the operation needs an account and none was proved."""


class RateLimitedError(Exception):
    """429: one call too many; the headers say of what."""


class ProblemError(Exception):
    """An answer in the form of RFC 9457 problem details: 404, 405, 413, 415, 501."""

    def __init__(self, status: int, title: str, detail: str) -> None:
        """Keep what the problem document says."""
        super().__init__(status)
        self.status = status
        self.title = title
        self.detail = detail


ISSUE_MISSING = "Issue does not exist or you do not have permission to see it."


def invalid_payload() -> BadRequestError:
    """A body of the wrong shape, in the recorded words."""
    return BadRequestError(
        "Invalid request payload. Refer to the REST API documentation and try again."
    )


def field_not_settable(field: str) -> str:
    """The recorded sentence for a field that is unknown or not on the screen."""
    return f"Field '{field}' cannot be set. It is not on the appropriate screen, or unknown."
