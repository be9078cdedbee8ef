"""`policy explain`: which rule of each file decides an item, a real one or one made up."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.text import Text

from console import options
from console.context import connected, find, run
from console.surface import answers, print_json, tell
from desk.amounts import read_amount
from desk.questions import ask_item
from models.approval import ActionKind
from models.base import Frozen
from models.lifecycle import Severity
from models.messages import ItemStatus
from runtime.problems import WrongSettings
from runtime.settings import load_settings

if TYPE_CHECKING:
    from policies.policy_set import PolicySet
    from policies.rule_trace import Case, RuleTrace

Written = Annotated[str | None, typer.Option()]


class ToldRule(Frozen):
    """One rule that was looked at, as `policy explain --json` prints it."""

    name: str
    applies: bool
    why: str


class ToldTrace(Frozen):
    """One question with the rules looked at and the answer."""

    file: str
    question: str
    rules: tuple[ToldRule, ...]
    answer: str


class Explained(Frozen):
    """What `policy explain --json` prints. `pinned` is what a real item is pinned to."""

    directory: str
    version: str
    pinned: str | None
    traces: tuple[ToldTrace, ...]


def explain(
    key: Annotated[
        str | None,
        typer.Argument(
            metavar="[KEY]", help="An item to take the facts from; options change them."
        ),
    ] = None,
    directory: Annotated[
        Path | None,
        typer.Option("--policies", metavar="DIR", help="Policy files; left out: those in force."),
    ] = None,
    severity: Annotated[Severity | None, typer.Option(help="How bad it is.")] = None,
    category: Written = None,
    segment: Written = None,
    plan: Written = None,
    country: Annotated[str | None, typer.Option(help="ISO code, such as DE.")] = None,
    zone: Annotated[str | None, typer.Option(help="Such as Europe/Berlin.")] = None,
    source: Written = None,
    release: Written = None,
    sentiment: Written = None,
    language: Written = None,
    unsure: Annotated[bool, typer.Option("--unsure", help="As if triage was unsure.")] = False,
    action: Annotated[ActionKind | None, typer.Option(help="Something that is asked for.")] = None,
    amount: Annotated[str | None, typer.Option(help="How much, such as '129.00 EUR'.")] = None,
    requester: Annotated[str | None, typer.Option(help="Who asks, by id in people.yaml.")] = None,
    as_json: options.Json = False,
) -> None:
    """Say which rule of each policy file decides, and why none of those above it did.

    Example: followthrough policy explain --severity S2 --category billing --action refund --amount "80 EUR"
    """
    from policies.loader import load  # noqa: PLC0415 - loads the condition language, which other commands need not
    from policies.problems import PolicyError  # noqa: PLC0415 - as above

    if action is ActionKind.CLIMB:
        raise WrongSettings(
            "A climb is asked for by the ladder itself.",
            remedy="Leave --action out; the ladder's answer names the level that needs approval.",
        )
    where = directory or load_settings().policies
    try:
        policy_set = load(where)
    except PolicyError as error:
        raise WrongSettings(
            str(error.problems[0]), remedy=f"`followthrough policy check {where}` says them all."
        ) from error
    status = _status(key) if key else None
    written = {
        "severity": severity,
        "category": category,
        "segment": segment,
        "plan": plan,
        "country": country,
        "zone": zone,
        "source": source,
        "release": release,
        "sentiment": sentiment,
        "language": language,
        "unsure": unsure or None,
        "action": action,
        "amount": read_amount(amount) if amount else None,
        "requester": requester,
    }
    case = _case(
        policy_set, status, {name: one for name, one in written.items() if one is not None}
    )
    _print(policy_set, case, status, as_json)


def _status(key: str) -> ItemStatus:
    settings = load_settings()
    item = find(settings, key)

    async def work() -> ItemStatus:
        return await ask_item(await connected(settings), item.workflow_id)

    return run(work())


def _case(policy_set: PolicySet, status: ItemStatus | None, written: dict[str, Any]) -> Case:
    """The item's facts as far as it tells them, with what was written in their place."""
    from policies.rule_trace import Case  # noqa: PLC0415 - as in `explain`

    facts: dict[str, Any] = {
        "severity": Severity.S3,
        "category": policy_set.taxonomy.fallback_category,
        **(_told_by(status) if status else {}),
        **written,
    }
    known = {entry.name for entry in policy_set.taxonomy.categories}
    if facts["category"] not in known:
        raise WrongSettings(
            f"{facts['category']} is no category of triage.yaml.",
            remedy=f"There are: {', '.join(sorted(known))}.",
        )
    return Case(**facts)


def _told_by(status: ItemStatus) -> dict[str, Any]:
    """What the item says of itself, and the newest request on it."""
    told: dict[str, Any] = {
        "severity": status.severity,
        "category": status.category,
        "segment": status.segment,
        "unsure": status.triage_unsure,
    }
    requests = [one for one in status.actions if one.kind is not ActionKind.CLIMB]
    if requests:
        newest = requests[-1]
        told |= {
            "action": newest.kind,
            "amount": newest.amount,
            "requester": newest.proposed_by,
        }
    return {name: value for name, value in told.items() if value is not None}


def _print(policy_set: PolicySet, case: Case, status: ItemStatus | None, as_json: bool) -> None:
    from policies.rule_trace import trace  # noqa: PLC0415 - as in `explain`

    traces = trace(policy_set, case, datetime.now(UTC))
    pinned = status.policy_version if status else None
    if as_json:
        told = tuple(ToldTrace.model_validate(one.model_dump()) for one in traces)
        print_json(
            Explained(
                directory=policy_set.where,
                version=policy_set.version,
                pinned=pinned,
                traces=told,
            )
        )
        return
    answers().print(Group(*(_shown(one) for one in traces)), soft_wrap=True)
    if pinned is not None and pinned != policy_set.version:
        tell(
            f"The item is pinned to version {pinned[:12]}; this is what {policy_set.version[:12]} "
            "says of it."
        )


def _shown(one: RuleTrace) -> Text:
    text = Text(one.question, style="bold").append(f"  {one.file}\n", style="dim")
    for rule in one.rules:
        mark, style = ("→", "") if rule.applies else ("·", "dim")
        text.append(f"  {mark} {rule.name}: {rule.why}\n", style=style or "default")
    return text.append(f"  {one.answer}\n", style="default")
