"""The policy files as they are now; read again when they change, refused when they do not load."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from temporalio.exceptions import ApplicationError

from models.failures import POLICY_INVALID
from policies import loader
from policies.conditions import ConditionError
from policies.directory import Directory
from policies.policy_set import PolicySet
from policies.problems import PolicyError
from policies.validation import AnyDocument

log = structlog.get_logger(__name__)


class PolicySource:
    """One policy directory. Safe to share among threads; unchanged files are not parsed again."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._last_good: PolicySet | None = None

    def current(self) -> PolicySet:
        """The rules as written now.

        Raises `ApplicationError` of type `PolicyInvalid`, naming file, line and column.
        """
        with policy_failures():
            self._last_good = loader.load(self._directory)
            return self._last_good

    def people(self) -> Directory:
        """Who is who. While the files are broken it is who was who before: people go on working."""
        try:
            return self.current().directory
        except ApplicationError as error:
            if self._last_good is None:
                raise
            log.warning("policies_broken_people_as_before", problem=error.message)
            return self._last_good.directory


@contextmanager
def policy_failures() -> Iterator[None]:
    """What the rules raise inside becomes `PolicyInvalid`, which an operator has to mend."""
    try:
        yield
    except PolicyError as error:
        first, *others = error.problems
        more = f" (and {len(others)} more)" if others else ""
        raise _invalid(f"{first}{more}") from None
    except ConditionError as error:
        raise _invalid(f"a condition cannot be evaluated: {error.what}") from None


def needed(document: AnyDocument | None, file: str) -> AnyDocument:
    """The document of a file that may be missing. Raises `PolicyInvalid` when it is."""
    if document is None:
        raise _invalid(f"{file} is missing; copy the shipped one and change it")
    return document


def _invalid(what: str) -> ApplicationError:
    return ApplicationError(
        f"{what}. {POLICY_INVALID.remedy}",
        type=POLICY_INVALID.type,
        non_retryable=not POLICY_INVALID.retryable,
    )
