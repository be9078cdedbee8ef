"""How a rehearsal is shown on the terminal: numbers side by side, and the keys behind them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from models.rehearsal import Agreement, AgreementRow, Count, Rehearsal

MOST_KEYS = 5


def rehearsal_page(found: Rehearsal) -> RenderableType:
    """The whole report; `--json` has every key."""
    return Group(*_parts(found))


def _parts(found: Rehearsal) -> Iterator[RenderableType]:
    same = found.versions[0] == found.versions[1]
    yield Text(f"{found.items} items rehearsed under {found.rehearsed} ({found.versions[1][:12]}).")
    if not same:
        yield Text(f"In force: {found.in_force} ({found.versions[0][:12]}).")
    if found.counts:
        yield Text()
        yield _counts_alone(found.counts) if same else _counts(found.counts)
    elif found.items:
        yield Text("Nothing would have been late, escalated or put to a vote.")
    if found.agreement is not None:
        yield Text()
        yield _agreement_table(found.agreement)
        yield Text()
        yield _disagreements_table(found.agreement)
    if found.lacking:
        many = len(found.lacking)
        yield Text()
        yield Text(
            f"Of {many} items it was not recorded what policies may look at (zone, country, plan "
            "and so on); they are rehearsed with what is known."
        )


def _counts(counts: Sequence[Count]) -> Table:
    table = _table("What", "In force", "Rehearsed", "Items it is new for", "Items it is gone for")
    for one in counts:
        new = [key for key in one.rehearsed if key not in set(one.in_force)]
        gone = [key for key in one.in_force if key not in set(one.rehearsed)]
        style = "bold" if one.changed else ""
        table.add_row(
            Text(one.what, style=style),
            str(len(one.in_force)),
            str(len(one.rehearsed)),
            Text(_some(new)),
            Text(_some(gone)),
        )
    return table


def _counts_alone(counts: Sequence[Count]) -> Table:
    table = _table("What", "Items", "Which")
    for one in counts:
        table.add_row(Text(one.what), str(len(one.rehearsed)), Text(_some(one.rehearsed)))
    return table


def _agreement_table(agreement: Agreement) -> Table:
    table = _table("Resolution", "Items", "Recorded in time", "Ours in time", "Agree")
    for row in agreement.rows:
        table.add_row(
            str(row.severity or "all"),
            str(row.judged),
            _share(row.recorded_in_time, row),
            _share(row.ours_in_time, row),
            _share(row.agreed, row),
        )
    return table


def _disagreements_table(agreement: Agreement) -> Table:
    table = _table("Where we differ", "Why", "Items", "Which")
    for one in agreement.disagreements:
        recorded, ours = ("in time", "late") if one.recorded_in_time else ("late", "in time")
        which = Text(_some(one.keys))
        sides = f"recorded {recorded}, ours {ours}"
        table.add_row(sides, one.reason, str(len(one.keys)), which)
    return table


def _share(many: int, row: AgreementRow) -> str:
    return f"{many} ({100 * many / row.judged:.1f} %)" if row.judged else "0"


def _some(keys: Sequence[str]) -> str:
    more = len(keys) - MOST_KEYS
    return ", ".join(keys[:MOST_KEYS]) + (f" and {more} more" if more > 0 else "")


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table
