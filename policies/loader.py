"""Reading a directory of policy files: everything that is wrong is said at once."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from models.taxonomy import Taxonomy
from policies.checks.bundle import Bundle
from policies.checks.together import check
from policies.directory import directory_of
from policies.documents.approval import ApprovalDocument
from policies.documents.calendars import CalendarsDocument
from policies.documents.escalation import EscalationDocument
from policies.documents.people import PeopleDocument
from policies.documents.registry import DOCUMENTS, OPTIONAL
from policies.documents.review import ReviewDocument
from policies.documents.rollout import RolloutDocument
from policies.documents.sla import SlaDocument
from policies.documents.themes import ThemesDocument
from policies.documents.triage import TriageDocument
from policies.policy_set import PolicySet
from policies.problems import PolicyError, PolicyProblem, suggestion
from policies.validation import AnyDocument, validate
from policies.yaml_source import Source, parse

LARGEST_FILE = 1_000_000
"""Bytes; a policy file is a page or two, so a larger one is a mistake."""

DEFAULT_DIRECTORY = Path(__file__).parent / "default"
"""The policies that are shipped."""

Texts = tuple[tuple[str, str], ...]


def load(directory: Path) -> PolicySet:
    """Read and check every policy file in a directory; unchanged texts are not read anew.

    Raises `PolicyError` with every problem of every file.
    """
    return _loaded(str(directory), _read(directory))


def version_of(texts: Texts) -> str:
    """SHA-256 (hex) over file names and texts, each with its length, in the order of the names."""
    digest = hashlib.sha256()
    for name, text in sorted(texts):
        for part in (name.encode(), text.encode()):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def _read(directory: Path) -> Texts:
    if not directory.is_dir():
        raise PolicyError([_about(str(directory), "is not a directory", "name one that exists")])
    problems = [
        _about(
            str(path),
            "is not a policy file",
            suggestion(path.stem, DOCUMENTS) + "; or move it elsewhere",
        )
        for path in sorted(directory.glob("*.y*ml"))
        if path.suffix != ".yaml" or path.stem not in DOCUMENTS
    ]
    texts: list[tuple[str, str]] = []
    for name in DOCUMENTS:
        path = directory / f"{name}.yaml"
        if name in OPTIONAL and not path.exists():
            continue
        try:
            texts.append((path.name, _read_file(path)))
        except PolicyError as error:
            problems.extend(error.problems)
    if problems:
        raise PolicyError(problems)
    return tuple(texts)


def _read_file(path: Path) -> str:
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        remedy = "copy the shipped file of this name and change it"
        raise PolicyError([_about(str(path), "is missing", remedy)]) from None
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise PolicyError([_about(str(path), what, "look at the file's permissions")]) from None
    if len(raw) > LARGEST_FILE:
        raise PolicyError([_about(str(path), "is larger than 1 MB", "shorten it")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        problem = PolicyProblem(str(path), line, 1, "", "is not UTF-8", remedy="save it as UTF-8")
        raise PolicyError([problem]) from None


def _about(file: str, what: str, remedy: str) -> PolicyProblem:
    return PolicyProblem(file, 1, 1, "", what, remedy=remedy)


@lru_cache(maxsize=16)
def _loaded(where: str, texts: Texts) -> PolicySet:
    reading = _Reading(where, dict(texts))
    people = reading.document("people", PeopleDocument)
    triage = reading.document("triage", TriageDocument)
    calendars = reading.document("calendars", CalendarsDocument)
    sla = reading.document("sla", SlaDocument)
    escalation = reading.document("escalation", EscalationDocument)
    approval = reading.document("approval", ApprovalDocument)
    rollout = reading.document("rollout", RolloutDocument)
    review = reading.document("review", ReviewDocument)
    themes = reading.document("themes", ThemesDocument)
    bundle = Bundle(
        sources=reading.sources,
        people=people,
        triage=triage,
        calendars=calendars,
        sla=sla,
        escalation=escalation,
        approval=approval,
        rollout=rollout,
        review=review,
        themes=themes,
    )
    problems = [*reading.problems, *check(bundle)]
    if (
        problems
        or people is None
        or triage is None
        or calendars is None
        or sla is None
        or escalation is None
        or approval is None
    ):
        raise PolicyError(problems)
    return PolicySet(
        where=where,
        version=version_of(texts),
        directory=directory_of(people),
        taxonomy=Taxonomy.model_validate(triage.model_dump(exclude={"routes"})),
        triage=triage,
        calendars=calendars,
        sla=sla,
        escalation=escalation,
        approval=approval,
        rollout=rollout,
        review=review,
        themes=themes,
    )


class _Reading:
    """The files of one directory while they are read; keeps problems instead of stopping."""

    def __init__(self, where: str, texts: dict[str, str]) -> None:
        self._where = Path(where)
        self._texts = texts
        self.sources: dict[str, Source] = {}
        self.problems: list[PolicyProblem] = []

    def document(self, name: str, kind: type[AnyDocument]) -> AnyDocument | None:
        """The document of this name, or None when it has problems or may be missing and is."""
        file = f"{name}.yaml"
        if file not in self._texts:
            return None
        try:
            source = parse(str(self._where / file), self._texts[file])
            self.sources[name] = source
            return validate(source, kind)
        except PolicyError as error:
            self.problems.extend(error.problems)
            return None
