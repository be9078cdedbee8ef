"""`make bench`: print the benchmark table and write `bench/results/latest.json`."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path
from statistics import mean

from rich.console import Console
from rich.table import Table

from bench import desk_pages, drift, reference
from bench.budget import LIMITS, Cost, cost_of
from bench.clocks import GOAL_EXPLAIN, GOAL_VERDICTS, PAUSES, ClockSpeed, measure
from bench.item_life import LivesCost, costs_of_lives
from bench.ledger import LedgerSpeed, measure_ledger
from bench.projection import (
    FAULTS,
    WISHES,
    ProjectionCost,
    costs_of_projections,
    most_idle_calls,
)
from bench.recordings import all_recordings
from bench.themes import NEW_IN_AN_HOUR, ThemesSpeed, measure_themes
from bench.worker_start import seconds_to_first_poll
from runtime.log import configure_logging

RESULTS = Path(__file__).parent / "results" / "latest.json"
TRIAGE_RESULTS = RESULTS.with_name("triage.json")
WORKER_STARTS = 3


def main() -> int:
    """Returns 1 when a budget is not kept."""
    configure_logging(level=logging.CRITICAL)  # what fails here fails on purpose
    console = Console(width=100)
    costs = [cost_of(recording) for recording in all_recordings()]
    console.print(_costs_table(costs))
    projections = costs_of_projections()
    console.print(_projections_table(projections))
    idle = most_idle_calls(projections)
    console.print(
        f"\nA projection with nothing to do: [bold]{idle}[/] Jira call(s) at most; goal 1."
    )
    lives = costs_of_lives()
    console.print(_lives_table(lives))
    starts = seconds_to_first_poll(WORKER_STARTS)
    shown = ", ".join(f"{seconds:.2f}" for seconds in starts)
    console.print(f"Worker start to first poll: {shown} s; goal under 3 s on a quiet machine.")
    speed = measure()
    console.print(_clocks_line(speed))
    detectors = drift.measure()
    console.print(_drift_table(detectors))
    compared = reference.compared()
    if compared is not None:
        console.print(reference.table(compared))
    ledgers = measure_ledger()
    console.print(_ledgers_table(ledgers))
    themes = measure_themes()
    console.print(_themes_table(themes))
    pages = desk_pages.measure_pages()
    console.print(desk_pages.table(pages))
    console.print(_triage_line())
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(
        json.dumps(
            {
                "cost_per_item": [asdict(cost) for cost in costs],
                "idle_projection_calls": idle,
                "projection_calls": [asdict(cost) for cost in projections],
                "calls_of_a_life": {cost.faults: cost.calls for cost in lives},
                "worker_start_seconds": starts,
                "clocks": asdict(speed),
                "drift": [{**asdict(one), "kept": one.kept} for one in detectors],
                "reference": [asdict(one) for one in compared or ()],
                "ledger": [asdict(one) for one in ledgers],
                "themes": [asdict(one) for one in themes],
                "desk_pages": [asdict(one) for one in pages],
            },
            indent=2,
        )
        + "\n"
    )
    console.print(f"\nWritten to {RESULTS.relative_to(Path.cwd())}")
    return 1 if any(cost.within_limits is False for cost in costs) else 0


def _themes_table(themes: list[ThemesSpeed]) -> Table:
    table = Table(
        title="Looking for themes (made-up items, seconds of this machine in this minute)"
    )
    for name in ("items", "themes found", "first look", f"hourly look, {NEW_IN_AN_HOUR} new"):
        table.add_column(name, justify="right")
    for one in themes:
        table.add_row(
            f"{one.items:,}",
            f"{one.themes:,}",
            f"{one.first_look_seconds:.2f}",
            f"{one.next_look_seconds:.2f}",
        )
    return table


def _triage_line() -> str:
    """Learning is measured by a target of its own: it needs labelled files, and half an hour."""
    if not TRIAGE_RESULTS.is_file():
        return "Triage: not measured here; `make bench-triage` does, on labelled files of yours."
    figures = json.loads(TRIAGE_RESULTS.read_text())
    tasks = "; ".join(
        f"{one['name']} {one['reached']:.3f} (goal {one['goal']:g})" for one in figures["tasks"]
    )
    return f"Triage, as `make bench-triage` last found it: {tasks}."


def _clocks_line(speed: ClockSpeed) -> str:
    agrees = "agrees" if speed.oracle_agrees else "[bold]DISAGREES[/]"
    return (
        f"Clocks: {speed.item_verdicts_a_second:,} item verdicts a second on one core (goal "
        f"{GOAL_VERDICTS:,}); a 30-day item with {PAUSES} pauses explained in "
        f"{speed.explain_milliseconds} ms (goal under {GOAL_EXPLAIN:g}); the walk over every "
        f"minute {agrees} in {speed.oracle_cases:,} cases ({speed.oracle_seconds:g} s)."
    )


def _costs_table(costs: list[Cost]) -> Table:
    table = Table(title="What one item costs (counted in recorded histories)")
    for name in ("scenario", "actions", "events", "bytes", "Jira calls", "budget"):
        table.add_column(name, justify="left" if name in ("scenario", "budget") else "right")
    for cost in sorted(costs, key=lambda cost: (cost.scenario not in LIMITS, cost.scenario)):
        limit = LIMITS.get(cost.scenario)
        kept = {None: "", True: "kept", False: "BROKEN"}[cost.within_limits]
        budget = f"{kept} ({limit[0]} actions, {limit[1]} calls)" if limit else ""
        table.add_row(
            cost.scenario, str(cost.actions), str(cost.events), f"{cost.bytes:,}",
            str(cost.jira_calls), budget,
        )  # fmt: skip
    return table


def _drift_table(found: list[drift.DriftFigures]) -> Table:
    table = Table(title="Drift and silence: on chance alone, and on a planted change")
    table.add_column("detector")
    for name in ("null runs", "false alarms", "stated", "planted", "found within", "median", ""):
        table.add_column(name, justify="right")
    for one in found:
        table.add_row(
            one.detector, f"{one.null_runs:,}", str(one.false_alarms), f"{one.stated:.2%}",
            f"{one.planted_runs:,}", f"{one.found / one.planted_runs:.1%} in {one.delay}",
            f"{one.median_delay:g}", "kept" if one.kept else "[bold]BROKEN[/]",
        )  # fmt: skip
    return table


def _ledgers_table(speeds: list[LedgerSpeed]) -> Table:
    table = Table(title="The ledger's chain, against the same rows without it (this machine)")
    table.add_column("database")
    for name in ("threads", "appends/s", "without", "ratio", "verified rows/s", "read", "ratio"):
        table.add_column(name, justify="right")
    for one in speeds:
        table.add_row(
            one.database, str(one.threads), f"{one.appends:,}", f"{one.plain_appends:,}",
            f"{one.append_ratio:g}", f"{one.verified_rows:,}", f"{one.read_rows:,}",
            f"{one.verify_ratio:g}",
        )  # fmt: skip
    return table


def _lives_table(costs: tuple[LivesCost, ...]) -> Table:
    table = Table(title="Jira calls of a plain item's whole life (counted in the journal)")
    table.add_column("faults")
    for name in ("items", "failed calls", "calls per item", "from", "to", "writes committed"):
        table.add_column(name, justify="right")
    for cost in costs:
        committed = sum(sum(life.committed.values()) for life in cost.lives)
        table.add_row(
            cost.faults, str(len(cost.lives)), str(cost.failed), f"{mean(cost.calls):.1f}",
            str(cost.calls[0]), str(cost.calls[-1]), f"{committed / len(cost.lives):.1f}",
        )  # fmt: skip
    return table


def _projections_table(costs: list[ProjectionCost]) -> Table:
    table = Table(title="Jira calls of one projection, all attempts, when one call fails")
    table.add_column("Jira")
    table.add_column("work")
    for fault in FAULTS:
        table.add_column(fault, justify="right")
    for cost in costs:
        calls = (str(cost.calls[fault]) for fault in FAULTS)
        table.add_row(cost.kind, cost.work, *calls, end_section=cost.work == [*WISHES][-1])
    return table


if __name__ == "__main__":
    sys.exit(main())
