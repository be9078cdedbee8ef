"""What the seed defines and nobody changes while the site runs: projects, types, workflow."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from local_jira.seed_file import (
    Seed,
    SeedField,
    SeedIssueType,
    SeedLinkType,
    SeedNamed,
    SeedProject,
    SeedScreens,
    SeedStatus,
    SeedVersion,
)
from local_jira.seed_workflow import SeedApproval, SeedTransition, SeedWorkflow

CATEGORY_IDS = {"new": 2, "indeterminate": 4, "done": 3}
CATEGORY_NAMES = {"new": "To Do", "indeterminate": "In Progress", "done": "Done"}
CATEGORY_COLOURS = {"new": "blue-gray", "indeterminate": "yellow", "done": "green"}


class _HasIdAndName(Protocol):
    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...


Entry = TypeVar("Entry", bound=_HasIdAndName)
Chosen = TypeVar("Chosen")


class Directory(dict[str, Entry]):
    """Things by id that can also be found by their name, whatever the case."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        """Keep the order of the seed."""
        super().__init__((entry.id, entry) for entry in entries)

    def named(self, name: str) -> Entry | None:
        """The entry of that name."""
        wanted = name.casefold()
        return next((entry for entry in self.values() if entry.name.casefold() == wanted), None)

    def find(self, id_or_name: str) -> Entry | None:
        """The entry of that id or, failing that, of that name."""
        return self.get(id_or_name) or self.named(id_or_name)


class Catalog:
    """The seed's definitions, ready to be looked up."""

    def __init__(self, seed: Seed) -> None:
        """Index what the seed holds."""
        self.seed = seed
        self.title = seed.title
        self.issue_types: Directory[SeedIssueType] = Directory(seed.issue_types)
        self.statuses: Directory[SeedStatus] = Directory(seed.statuses)
        self.priorities: Directory[SeedNamed] = Directory(seed.priorities)
        self.resolutions: Directory[SeedNamed] = Directory(seed.resolutions)
        self.link_types: Directory[SeedLinkType] = Directory(seed.link_types)
        self.custom_fields: Directory[SeedField] = Directory(seed.fields)
        self.projects: Directory[SeedProject] = Directory(seed.projects)
        self.components: Directory[SeedNamed] = Directory(
            component for project in seed.projects for component in project.components
        )
        self.versions: Directory[SeedVersion] = Directory(
            version for project in seed.projects for version in project.versions
        )
        self.indexed_properties = frozenset(seed.indexed_properties)
        ranks = enumerate(seed.priorities)
        self.priority_ranks = {priority.id: len(seed.priorities) - at for at, priority in ranks}

    @property
    def default_priority(self) -> SeedNamed | None:
        """The priority of an issue for which nobody chose one."""
        return self.priorities.named(self.seed.default_priority)

    def project(self, id_or_key: str) -> SeedProject | None:
        """The project of that id or key."""
        found = self.projects.get(id_or_key)
        wanted = id_or_key.upper()
        return found or next((p for p in self.projects.values() if p.key == wanted), None)

    def issue_types_of(self, project: SeedProject) -> list[SeedIssueType]:
        """The kinds of issue that the project takes."""
        found = [self.issue_types.named(name) for name in project.issue_types]
        return [issue_type for issue_type in found if issue_type is not None]

    def _for_type(self, choices: dict[str, Chosen], type_id: str) -> Chosen | None:
        return choices.get(self.issue_types[type_id].name, choices.get("*"))

    def workflow_of(self, project_id: str, type_id: str) -> SeedWorkflow:
        """How issues of that type move in that project."""
        name = self._for_type(self.projects[project_id].workflows, type_id)
        return self.seed.workflow if name is None else self.seed.workflows[name]

    def screens_of(self, project_id: str, type_id: str) -> SeedScreens:
        """Which fields can be set on issues of that type in that project."""
        found = self._for_type(self.projects[project_id].screens, type_id)
        return SeedScreens() if found is None else found

    def initial_status(self, project_id: str, type_id: str) -> SeedStatus:
        """Where a new issue starts."""
        return self._status(self.workflow_of(project_id, type_id).initial)

    def statuses_of(self, project_id: str, type_id: str) -> list[SeedStatus]:
        """Every status that such an issue can reach, in the seed's order."""
        workflow = self.workflow_of(project_id, type_id)
        steps = workflow.transitions
        reachable = {workflow.initial, *(step.target for step in steps)}
        return [status for status in self.statuses.values() if status.name in reachable]

    def transitions_from(
        self, project_id: str, type_id: str, status_id: str
    ) -> list[SeedTransition]:
        """The steps that lead on from a status."""
        name = self.statuses[status_id].name
        return [
            step
            for step in self.workflow_of(project_id, type_id).transitions
            if step.source == "*" or name in step.source
        ]

    def approval_at(self, project_id: str, type_id: str, status_id: str) -> SeedApproval | None:
        """The approval that starts when such an issue enters a status."""
        name = self.statuses[status_id].name
        approvals = self.workflow_of(project_id, type_id).approvals
        return next((approval for approval in approvals if approval.status == name), None)

    def target_of(self, step: SeedTransition) -> SeedStatus:
        """The status that a step leads to."""
        return self._status(step.target)

    def _status(self, name: str) -> SeedStatus:
        status = self.statuses.named(name)
        if status is None:
            raise LookupError(name)
        return status
