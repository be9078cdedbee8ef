"""The stage: a fresh local stack with the policies and people of Lumen Notes, and who acts on it."""

from __future__ import annotations

import csv
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.actors.desk import DeskPerson
from demo.actors.jira import JiraPerson
from demo.actors.terminal import Terminal
from demo.people import ADMINISTRATOR, CUSTOMERS, STAFF, Played
from desk.passwords import set_password
from desk.wording import duration
from policies.durations import WALL_DAY, seconds_in
from policies.loader import load
from runtime.problems import PartFailed
from runtime.settings import Settings, load_settings
from runtime.stack import LocalStack
from runtime.stack_file import read_stack
from runtime.stack_leftovers import end_leftovers

POLICIES = Path(__file__).parent / "policies"
SCALE = 360.0
"""How many times faster the clocks of the scenario run: an hour takes ten seconds."""
PREFIXES = ("FOLLOWTHROUGH_", "JIRA_", "TEMPORAL_")
CUSTOMER_COLUMNS = (
    "id",
    "segment",
    "plan",
    "annual_revenue_minor",
    "currency",
    "zone",
    "country",
)
Say = Callable[[str], None]


class Stage:
    """A running local stack and everybody who may act on it. Made by `open_stage`."""

    def __init__(self, stack: LocalStack, customers_file: Path) -> None:
        self.stack = stack
        self.settings = stack.settings
        self.urls = stack.urls
        self.project = stack.settings.jira.project
        self.terminal = Terminal(stack.variables)
        self.accounts: dict[str, str] = {}
        self._customers_file = customers_file
        self._in_jira: dict[str, JiraPerson] = {}
        self._at_desk: dict[str, DeskPerson] = {}
        self._lock = threading.Lock()

    def in_jira(self, person: Played) -> JiraPerson:
        """This person's own Jira session."""
        with self._lock:
            if person.id not in self._in_jira:
                self._in_jira[person.id] = JiraPerson(self.urls.jira, person, self.project)
            return self._in_jira[person.id]

    def at_desk(self, person: Played) -> DeskPerson:
        """This person's own browser at the desk."""
        with self._lock:
            if person.id not in self._at_desk:
                self._at_desk[person.id] = DeskPerson(
                    self.urls.desk, person.id, desk_password(person)
                )
            return self._at_desk[person.id]

    def worker_process(self) -> int | None:
        """The process id of the worker, as the stack announced it."""
        parts = (read_stack(self.settings.data_dir) or {}).get("parts") or {}
        return (parts.get("worker") or {}).get("pid")

    @property
    def administrator(self) -> JiraPerson:
        """The tracker's administrator: opens accounts and reads everything back."""
        return self.in_jira(ADMINISTRATOR)

    def welcome_customers(self) -> None:
        """Open an account in the tracker for each customer, and write down what we know of them."""
        for person in CUSTOMERS.values():
            self.accounts[person.id] = self.administrator.open_account(person)
        with self._customers_file.open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(CUSTOMER_COLUMNS)
            rows.writerows(_known_of(self.accounts[one.id], one) for one in CUSTOMERS.values())


def watch_words(settings: Settings) -> str:
    """How long a decided item is watched, such as `50 seconds`."""
    watch = load(settings.policies).sla.watch
    seconds = round(seconds_in(watch.lasts, WALL_DAY) / settings.clock_scale)
    return f"{seconds} seconds" if seconds < 120 else duration(seconds)


def desk_password(person: Played) -> str:
    """The demonstration's own password at the desk; good only on this machine."""
    return f"lumen-{person.id}"


@contextmanager
def open_stage(
    data_dir: Path | None, say: Say, *, real_items: bool, scale: float = SCALE
) -> Iterator[Stage]:
    """A stage on a fresh data directory; the stack is stopped at the end.

    Real items are handled under the shipped policies at real speed, the scenario under those of
    Lumen Notes with clocks `scale` times faster. Raises `PartFailed` when a demonstration is running
    there.
    """
    chosen = fresh_data_dir(data_dir, say)
    customers_file = chosen / "customers.csv"
    customers_file.write_text(",".join(CUSTOMER_COLUMNS) + "\n")
    settings = _settings(chosen, customers_file, real_items=real_items, scale=scale)
    for person in STAFF.values():
        set_password(chosen, person.id, desk_password(person))
    with LocalStack(settings, say=say) as stack:
        yield Stage(stack, customers_file)


def fresh_data_dir(wanted: Path | None, say: Say) -> Path:
    """An empty directory for this demonstration; what an earlier one left there is removed.

    Raises `PartFailed` when a stack is running in it.
    """
    base = Path(os.environ.get("FOLLOWTHROUGH_DATA_DIR") or ".followthrough")
    chosen = (wanted or base / "demo").expanduser().resolve()
    running = read_stack(chosen)
    if running is not None:
        raise PartFailed(
            f"a demonstration is running there already (process {running['pid']}).",
            where=str(chosen),
            remedy="Stop it with Ctrl-C where it runs, or choose another with --data-dir.",
        )
    if chosen.exists():
        if any(chosen.iterdir()) and not (chosen / MARK).exists():
            raise PartFailed(
                "this directory holds something that is not of a demonstration.",
                where=str(chosen),
                remedy="Choose an empty one with --data-dir.",
            )
        end_leftovers(chosen, say)
        shutil.rmtree(chosen)
    chosen.mkdir(parents=True)
    (chosen / MARK).write_text("Made by the demonstration, which removes it when it starts anew.\n")
    return chosen


MARK = "demonstration.txt"


def _settings(data_dir: Path, customers_file: Path, *, real_items: bool, scale: float) -> Settings:
    """Settings of this stage alone: nothing of the caller's environment leaks into it."""
    for name in [name for name in os.environ if name.startswith(PREFIXES)]:
        del os.environ[name]
    os.environ["FOLLOWTHROUGH_DATA_DIR"] = str(data_dir)
    settings = load_settings()
    if real_items:
        return settings
    return settings.model_copy(
        update={"policies": POLICIES, "clock_scale": scale, "customers": customers_file}
    )


def _known_of(account: str, person: Played) -> tuple[str, ...]:
    return (
        account,
        person.segment,
        person.plan,
        str(person.revenue_minor),
        "EUR",
        person.zone,
        person.country,
    )
