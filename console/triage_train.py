"""`triage train`, `list` and `use`: models that learn from the team, and which one suggests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import options
from console.surface import print_json, say, tell
from desk.deliveries import LedgerDeliveries
from desk.finding import jira_clients
from models.base import Frozen
from models.failures import ISSUE_GONE
from runtime.problems import Problem, Unreachable, WrongSettings
from runtime.settings import Settings, load_settings

if TYPE_CHECKING:
    from insight.learned import Learnable
    from runtime.triage_models import ModelCard

TASKS = ("category", "severity", "sentiment")
FEWEST_EXAMPLES = 20
"""A model of fewer would be surer than it has reason to be."""

Example = tuple[str, str]
"""A text and its label."""

TaskName = Annotated[
    str, typer.Option("--task", metavar="TASK", help="category, severity or sentiment.")
]


class Trained(Frozen):
    """What `triage train --json` prints. `left_out` counts labels that the policy has not."""

    id: str
    task: str
    examples: int
    labels: dict[str, int]
    source: str
    embedder: str | None
    left_out: dict[str, int]


class Listed(Frozen):
    """A line of `triage list --json`."""

    id: str
    task: str
    learnt_at: datetime
    examples: int
    source: str
    embedder: str | None
    in_use: bool


def train(
    task: TaskName = "category",
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="Labelled items; left out: corrections only."),
    ] = None,
    text: Annotated[
        str, typer.Option(metavar="FIELD", help="Field of FILE with the text; several with commas.")
    ] = "text",
    label: Annotated[
        str, typer.Option(metavar="FIELD", help="Field of FILE with the label.")
    ] = "label",
    corrections: Annotated[
        bool, typer.Option(help="Learn from what people corrected or confirmed, too.")
    ] = True,
    as_json: options.Json = False,
) -> None:
    """Learn from what your team corrected or confirmed, and from a labelled file if you have one.

    Keeps the model under an id and switches nothing: `triage use ID` does. Texts are read again
    from Jira, and are not kept.

    Example: followthrough triage train --task category
    """
    from runtime.triage_models import ModelStore  # noqa: PLC0415 - loads the learning library, which other commands need not

    chosen, settings = _task(task), load_settings()
    examples: list[Example] = []
    sources = []
    if corrections:
        corrected = list(_corrections(settings, chosen))
        examples += corrected
        sources.append(f"{len(corrected)} corrected or confirmed items")
    if file is not None:
        labelled = _from_file(file, text, label)
        examples += labelled
        sources.append(f"{len(labelled)} rows of {file.name}")
    kept, left_out = _known(settings, chosen, examples)
    for name, many in left_out.items():
        tell(f"Left out {many} examples of {name}: the policy has no such {chosen}.")
    source = " and ".join(sources) or "nothing"
    model = _learn(chosen, kept, source)
    labels = [name for _, name in kept]
    card = ModelStore(settings.data_dir).save(chosen, model, labels, source, datetime.now(UTC))
    told = Trained(
        **card.model_dump(include={"id", "task", "examples", "labels", "source", "embedder"}),
        left_out=left_out,
    )
    if as_json:
        print_json(told)
        return
    say(f"{card.id} learnt from {card.examples} examples: {source}.")
    say(f"`followthrough triage use {card.id}` lets it suggest.")


def list_models(as_json: options.Json = False) -> None:
    """List the models there are, and which of them suggest.

    Example: followthrough triage list
    """
    from runtime.triage_models import ModelStore  # noqa: PLC0415 - as above

    store = ModelStore(load_settings().data_dir)
    listed = [_listed(card, store.in_use(card.task) == card.id) for card in store.cards()]
    if as_json:
        print_json(listed)
        return
    if not listed:
        say("No model yet: triage suggests by the words of triage.yaml.")
    for one in listed:
        mark = "in use" if one.in_use else ""
        say(f"{one.id}  {one.examples} examples  {one.learnt_at:%Y-%m-%d %H:%M} UTC  {mark}")


def use(
    model_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="The model, as `triage list` names it.")
    ] = None,
    none: Annotated[
        str | None,
        typer.Option("--none", metavar="TASK", help="Let no model suggest for this task."),
    ] = None,
) -> None:
    """Let a model suggest from now on, or none. Items keep what was suggested to them.

    Example: followthrough triage use category-20260301-4f2a9c10
    """
    from runtime.triage_models import ModelStore  # noqa: PLC0415 - as above

    if (model_id is None) == (none is None):
        raise typer.BadParameter("name a model, or a task by --none")
    store = ModelStore(load_settings().data_dir)
    if none is not None:
        store.use(_task(none), None)
        say(f"From now on {none} is suggested by the words of triage.yaml.")
        return
    task = _task((model_id or "").partition("-")[0])
    store.use(task, model_id)
    say(f"From now on {model_id} suggests. A worker that runs takes it up with the next item.")


def _task(name: str) -> Learnable:
    from insight.learned import Learnable  # noqa: PLC0415 - as above

    if name not in TASKS:
        raise WrongSettings(
            f"nothing can be learnt for {name}.", remedy=f"Name one of {', '.join(TASKS)}."
        )
    return Learnable(name)


def _listed(card: ModelCard, in_use: bool) -> Listed:
    told = card.model_dump(include={"id", "task", "learnt_at", "examples", "source", "embedder"})
    return Listed(**told, in_use=in_use)


def _learn(task: Learnable, examples: list[Example], source: str):  # type: ignore[no-untyped-def]  # the type would load the learning library with every command
    from insight.learning.embedding import installed_embedder  # noqa: PLC0415 - as above
    from insight.learning.training import Aim, CannotLearn, train  # noqa: PLC0415 - as above

    if len(examples) < FEWEST_EXAMPLES:
        raise Problem(
            f"there are {len(examples)} examples ({source}); {FEWEST_EXAMPLES} are needed.",
            remedy="Correct or confirm more items (`followthrough override`), or give --file.",
        )
    texts, labels = zip(*examples, strict=True)
    try:
        aim = Aim.EVERY_LABEL if task == "severity" else Aim.MOST_RIGHT
        return train(texts, labels, installed_embedder(), aim)
    except CannotLearn as error:
        raise Problem(str(error), remedy="Give examples of more kinds.") from None


def _known(
    settings: Settings, task: Learnable, examples: list[Example]
) -> tuple[list[Example], dict[str, int]]:
    """The examples whose label the policy has, and how many of each other label there are."""
    from insight.learned import labels_of  # noqa: PLC0415 - as above
    from policies.loader import load  # noqa: PLC0415 - loads the condition language, which other commands need not
    from policies.problems import PolicyError  # noqa: PLC0415 - as above

    try:
        known = labels_of(task, load(settings.policies).taxonomy)
    except PolicyError as error:
        raise WrongSettings(str(error.problems[0]), where=str(settings.policies)) from None
    kept = [one for one in examples if one[1] in known]
    return kept, dict(Counter(name for _, name in examples if name not in known))


def _from_file(file: Path, text: str, label: str) -> list[Example]:
    from runtime.labelled_files import read_labelled  # noqa: PLC0415 - as above

    found = read_labelled(file, tuple(name.strip() for name in text.split(",")), label)
    for bad in found.bad:
        tell(f"{file}:{bad.line}: {bad.what} {bad.remedy}")
    return [(row.text, row.label) for row in found.rows if row.label is not None]


def _corrections(settings: Settings, task: Learnable) -> Iterator[Example]:
    """The texts of the items that people corrected or confirmed; an issue that is gone is not."""
    from temporalio.exceptions import ApplicationError  # noqa: PLC0415 - as above

    from insight.corrections import label_by_people  # noqa: PLC0415 - as above
    from jira_gateway.read import read_text  # noqa: PLC0415 - loads the Jira package
    from ledger.failures import LedgerFailure  # noqa: PLC0415 - loads the database package

    deliveries = LedgerDeliveries(settings.ledger_url)
    if not deliveries.exists():
        return
    clients = jira_clients(settings.jira)
    try:
        ledger = deliveries.ledger()
        for item in ledger.items_created(datetime.min.replace(tzinfo=UTC), datetime.now(UTC)):
            events = (row.event for row in ledger.events_of(item.issue_id))
            label = label_by_people(events, task)
            if label is None:
                continue
            try:
                yield read_text(clients, item.issue_id), label
            except ApplicationError as error:
                if error.type != ISSUE_GONE.type:
                    raise Unreachable(
                        f"Jira did not give the text of {item.issue_key} ({error.type}).",
                        remedy="Try again when `followthrough doctor` finds Jira sound.",
                    ) from None
    except LedgerFailure as failure:
        raise Unreachable(failure.what, remedy=failure.remedy) from failure
    finally:
        deliveries.close()
