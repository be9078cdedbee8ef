"""The product's numbers beside figures that somebody else computed, on a folder of real exports.

Runs when FOLLOWTHROUGH_BENCH_DATA names the folder: each file goes through `followthrough import`
and `followthrough report --json` as anybody's would. Figures agree when they are the same as
written there; where our own definition differs, the row says how.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table

DATA = "FOLLOWTHROUGH_BENCH_DATA"
ROOT = Path(__file__).resolve().parent.parent
MAPPINGS = Path(__file__).parent / "mappings"
Document = Mapping[str, Any]


@dataclass(frozen=True)
class Compared:
    """One figure. `differs` says where our definition is another, or is empty."""

    file: str
    figure: str
    reference: object
    ours: object
    differs: str = ""

    @property
    def agrees(self) -> bool:
        """Whether they are the same, at the reference's own number of digits."""
        return self.ours == self.reference


@dataclass(frozen=True)
class _Export:
    file: str
    shape: str
    mapping: str | None = None
    source: str | None = None
    report: tuple[str, ...] = ()


SERVICENOW = _Export("incidents_servicenow_events.csv", "servicenow")
CSAT = _Export("ecommerce_csat.csv", "csat")
THREADS = _Export("support_threads.jsonl", "twcs")
SLICE = "nobie2013_17"
CFPB_2016 = _Export("cfpb_stream.csv", "cfpb", "cfpb-slices.yaml", None, ("--source", SLICE))
CFPB = _Export("cfpb_stream.csv", "cfpb")
AIRLINES = _Export("airline_tweets.jsonl", "generic", "airline.yaml", "airlines")


def compared() -> tuple[Compared, ...] | None:
    """Every figure beside the reference; None when no folder is named."""
    folder = os.environ.get(DATA)
    if not folder:
        return None
    data = Path(folder)
    said = json.loads((data / "reference_metrics.json").read_text(encoding="utf-8"))
    return (
        *_servicenow(said["servicenow"], Told(data, SERVICENOW)),
        *_csat(said["ecommerce_csat"], Told(data, CSAT)),
        *_threads(said["support_threads"], Told(data, THREADS)),
        *_cfpb(said["cfpb_stream"], Told(data, CFPB_2016), Told(data, CFPB)),
        *_shown(Told(data, CSAT), Told(data, CFPB), Told(data, AIRLINES)),
    )


def table(rows: tuple[Compared, ...]) -> Table:
    """The figures side by side."""
    agreed = sum(one.agrees for one in rows)
    shown = Table(title=f"Reference figures: {agreed} of {len(rows)} the same")
    for name in ("file", "figure", "reference", "ours", ""):
        shown.add_column(name, overflow="fold")
    for one in rows:
        note = "" if one.agrees else one.differs or "[bold]DIFFERS[/]"
        shown.add_row(one.file, one.figure, str(one.reference), str(one.ours), note)
    return shown


class Told:
    """What the report says of one export, in a data directory of its own."""

    def __init__(self, data: Path, export: _Export) -> None:
        self.file = export.file
        with tempfile.TemporaryDirectory() as directory:
            arguments = ["import", str(data / export.file), "--shape", export.shape]
            if export.mapping:
                arguments += ["--mapping", str(MAPPINGS / export.mapping)]
            if export.source:
                arguments += ["--source", export.source]
            _run(directory, *arguments)
            self._report = json.loads(_run(directory, "report", "--json", *export.report))

    def number(self, identifier: str) -> Document:
        """A metric by its id."""
        every = (one for part in self._report["sections"] for one in part["metrics"])
        found: Document = next(one for one in every if one["definition"]["id"] == identifier)
        return found

    def groups(self, of: str, by: str) -> Mapping[str, tuple[int, float]]:
        """Group → its sample and value."""
        every = (one for part in self._report["sections"] for one in part["breakdowns"])
        found = next(one for one in every if one["id"] == f"{of}_by_{by}")
        return {
            one["name"]: (one["metric"]["denominator"], one["metric"]["value"])
            for one in found["groups"]
        }

    def months(self, category: str) -> Mapping[str, int]:
        """Month → contacts of a category."""
        every = (one for part in self._report["sections"] for one in part["volumes"])
        found: Mapping[str, int] = next(one["counts"] for one in every if one["name"] == category)
        return found

    def findings(self, kind: str) -> tuple[Document, ...]:
        """The findings of a kind."""
        return tuple(one for one in self._report["findings"] if one["kind"] == kind)


def _run(directory: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli", *arguments],
        cwd=ROOT,
        env={**os.environ, "FOLLOWTHROUGH_DATA_DIR": directory, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def _servicenow(said: Document, told: Told) -> Iterator[Compared]:
    kept, reopened = told.number("promise_kept"), told.number("reopened")
    yield Compared(told.file, "incidents", said["incidents"], kept["denominator"])
    yield Compared(told.file, "made_sla_rate", said["made_sla_rate"], round(kept["value"], 4))
    yield from _groups(told, said, "made_sla_rate_by_priority", "promise_kept", "priority")
    hand_overs = {
        name.replace("3 or more", "3+"): round(value, 4)
        for name, (_, value) in told.groups("promise_kept", "hand_overs").items()
    }
    wanted = "made_sla_rate_by_reassignments"
    yield Compared(told.file, wanted, said[wanted], hand_overs)
    yield Compared(told.file, "reopened", said["reopened"], reopened["numerator"])
    yield Compared(told.file, "reopen_rate", said["reopen_rate"], round(reopened["value"], 4))
    for figure, identifier in (
        ("reassigned_ge1", "reassigned"),
        ("reassign_mean", "reassigned_mean"),
    ):
        value = round(told.number(identifier)["value"], 4)
        yield Compared(told.file, figure, said[figure], value)
    for part in ("50", "90"):
        hours = round(told.number(f"decision_p{part}")["value"], 2)
        yield Compared(told.file, f"resolve_hours_p{part}", said[f"resolve_hours_p{part}"], hours)
    missing = kept["denominator"] - told.number("decision_p50")["denominator"]
    yield Compared(told.file, "resolved_missing", said["resolved_missing"], missing)
    for which in ("same", "any"):
        again = told.number(f"repeat_{which}_category")["numerator"]
        figure = f"recontact_7d_{which}_category"
        yield Compared(told.file, figure, said[figure], again)
    yield Compared(
        told.file,
        "recontact (ours)",
        said["recontact_7d_same_category"],
        told.number("recontact")["numerator"],
        "ours counts from the resolution, and only resolutions followed for the whole window",
    )
    changed = told.number("changed_priority")["numerator"]
    figure = "incidents_whose_priority_changed"
    yield Compared(told.file, figure, said[figure], changed)


def _csat(said: Document, told: Told) -> Iterator[Compared]:
    score = told.number("score_mean")
    yield Compared(told.file, "tickets", said["tickets"], score["denominator"])
    yield Compared(told.file, "mean_csat", said["mean_csat"], round(score["value"], 4))
    satisfied = round(told.number("satisfied")["value"], 4)
    yield Compared(told.file, "satisfied", said["satisfied"], satisfied)
    for by in ("channel", "category", "tenure"):
        yield from _groups(told, said, f"by_{by}", "score_mean", by)
    bins = {
        "up to 6 min": "0-6min",
        "6 min to 1 h": "6min-1h",
        "1 to 6 h": "1-6h",
        "6 to 24 h": "6-24h",
        "over 24 h": ">24h",
        "negative or missing": "negative_or_missing",
    }
    ours = {
        bins[name]: [many, round(value, 4)]
        for name, (many, value) in told.groups("score_mean", "response_time").items()
    }
    yield Compared(told.file, "by_response_time", said["by_response_time"], ours)


def _threads(said: Document, told: Told) -> Iterator[Compared]:
    again = told.number("wrote_again")
    yield Compared(told.file, "threads", said["threads"], again["denominator"])
    yield Compared(told.file, "recontact_rate", said["recontact_rate"], round(again["value"], 4))
    for hours in ("1h", "24h"):
        many = told.number(f"wrote_again_{hours}")["numerator"]
        yield Compared(told.file, f"recontact_ge_{hours}", said[f"recontact_ge_{hours}"], many)
    last = told.number("customer_last_word")["numerator"]
    yield Compared(told.file, "customer_has_last_word", said["customer_has_last_word"], last)
    rounded = "the reference rounds each thread to a tenth of a minute before it takes percentiles"
    middle = round(told.number("first_response_p50")["value"], 1)
    yield Compared(told.file, "first response p50, min", said["first_response_minutes_p50"], middle)
    upper = round(told.number("first_response_p90")["value"], 2)
    yield Compared(told.file, "first response p90, min", said["p90"], upper, rounded)


def _cfpb(said: Document, slice_told: Told, told: Told) -> Iterator[Compared]:
    disputed, timely = slice_told.number("disputed"), slice_told.number("promise_kept")
    figure = "disputed_rate_2016_slice"
    yield Compared(told.file, figure, said[figure], round(disputed["value"], 4))
    figure = "timely_rate_2016_slice"
    yield Compared(told.file, figure, said[figure], round(timely["value"], 4))
    yield from _groups(slice_told, said, "disputed_rate_by_response", "disputed", "response")
    old = "Credit reporting, credit repair services, or other personal consumer reports"
    new = "Credit reporting or other personal consumer reports"
    for name, label in (("old", old), ("new", new)):
        figure = f"credit_reporting_{name}_label_by_month"
        months = {month: many for month, many in told.months(label).items() if month >= "2023"}
        yield Compared(told.file, figure, said[figure], months)


def _shown(csat: Told, cfpb: Told, airlines: Told) -> Iterator[Compared]:
    """What the report has to say by itself, without being asked."""
    falls = any(one["says"].startswith("The score falls") for one in csat.findings("difference"))
    yield Compared(csat.file, "CSAT falls with response time", True, falls)
    differ = any(one["about"] == "disputed_by_response" for one in cfpb.findings("difference"))
    yield Compared(cfpb.file, "disputes differ by outcome", True, differ)
    sampled = [one["about"] for one in airlines.findings("sampling")]
    yield Compared(airlines.file, "named as sampling", ["American"], sampled)
    renamed = any("no new theme" in one["says"] for one in cfpb.findings("relabelled"))
    yield Compared(cfpb.file, "the rename is named as one", True, renamed)
    new = [one["about"] for one in cfpb.findings("drift") if "is new since" in one["says"]]
    yield Compared(cfpb.file, "new themes", [], new)


def _groups(told: Told, said: Document, figure: str, of: str, by: str) -> Iterator[Compared]:
    ours = {name: [many, round(value, 4)] for name, (many, value) in told.groups(of, by).items()}
    yield Compared(told.file, figure, said[figure], ours)


if __name__ == "__main__":
    from rich.console import Console

    found = compared()
    if found is None:
        sys.exit(f"Name the folder of exports with {DATA}.")
    Console(width=160).print(table(found))
    sys.exit(any(not one.agrees and not one.differs for one in found))
