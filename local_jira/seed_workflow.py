"""The part of the seed file that says how issues move: steps, conditions, validators, approvals."""

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from local_jira.seed_base import Id, SeedPart, SeedScreenField


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    return pattern


class SeedPropertyCondition(SeedPart):
    """Holds when the issue property `key` has exactly the value `equals`."""

    key: str = Field(min_length=1, max_length=255)
    equals: Any


class SeedValidator(SeedPart):
    """What must hold when a step is taken; otherwise 400 with `message` at the field.

    `required`: the field has a value. `pattern`: its text matches `pattern` from start to end.
    `comment`: the request adds a comment (the answer names the field `comment`).
    """

    kind: Literal["required", "pattern", "comment"]
    field: str = "comment"
    pattern: Annotated[str, AfterValidator(_compiles)] = ".*"
    message: str


class SeedTransition(SeedPart):
    """One step of the workflow.

    `source` lists status names, or is "*" for every status. `resolution` is set when the
    target is a done status and the caller gives none; leaving the done category clears it.
    Conditions hide the step from whom they do not hold for: `account_types`, `groups` (one of
    them), `roles` (one of them) and `property`; empty ones hold for everybody who may work on
    the issue. A step with `on_portal` is open to customers in the service desk as well. With `configuration_problem` the step is shown but taking it is answered 422 with
    this sentence, as a workflow that an administrator broke.
    """

    id: Id
    name: str
    source: tuple[str, ...] | Literal["*"]
    target: str
    screen: tuple[SeedScreenField, ...] = ()
    resolution: str | None = None
    account_types: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    roles: tuple[Literal["assignee", "reporter", "lead", "admin"], ...] = ()
    property: SeedPropertyCondition | None = None
    validators: tuple[SeedValidator, ...] = ()
    on_portal: bool = False
    configuration_problem: str | None = None


class SeedApproval(SeedPart):
    """An approval that starts when an issue enters `status`.

    `approvers` are account ids; `needed` of them must approve, one who declines is enough.
    The steps `approve` and `decline` (ids) are taken by the decision.
    """

    status: str
    name: str
    approvers: tuple[str, ...] = Field(min_length=1)
    needed: int = Field(default=1, ge=1)
    approve: Id
    decline: Id


class SeedWorkflow(SeedPart):
    """How issues move; `initial` is the status of a new issue."""

    initial: str
    transitions: tuple[SeedTransition, ...]
    approvals: tuple[SeedApproval, ...] = ()
