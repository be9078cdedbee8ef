"""One rollout: a Jira version that is made ready, released and watched."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from models.base import Frozen, Moment
from models.sheet import QuestionStatus, Sheet, SheetRules


class RolloutPhase(StrEnum):
    """Where a rollout stands."""

    EARLY = "early"
    PREPARING = "preparing"
    WATCHING = "watching"
    ENDED = "ended"


class Recommendation(StrEnum):
    """What the figures say should become of a rollout; a person decides."""

    CONTINUE = "continue"
    PAUSE = "pause"
    ROLL_BACK = "roll_back"


class VersionFacts(Frozen):
    """A Jira version as it is now. `release_date` is the day that somebody entered."""

    version_id: str
    name: str
    release_date: date | None = None
    released: bool = False
    archived: bool = False


class ChecklistRule(Frozen):
    """One thing to be signed off, so many seconds before the release date."""

    name: str
    words: str
    owner: str
    deputies: tuple[str, ...] = ()
    due_before: int


class SentimentRule(Frozen):
    """A Wald test of the share of negative feedback, from 0 to 1.

    `fine_at` or less is as it should be, `bad_at` or more is too much; `false_alarm` and `miss`
    are the error rates over the whole watch, however often one looks.
    """

    fine_at: float
    bad_at: float
    false_alarm: float
    miss: float


class SilenceRule(Frozen):
    """How much feedback should come: per exposed person and day. `false_alarm`: over the watch."""

    per_exposed_a_day: float
    false_alarm: float


class WatchRules(Frozen):
    """What is looked at after the release. `lasts` and `answers_within` are in seconds."""

    lasts: int
    coverage_goal: float
    response_goal: float
    sentiment: SentimentRule
    silence: SilenceRule
    decides: str
    deputies: tuple[str, ...] = ()
    answers_within: int


class RolloutRules(Frozen):
    """What is pinned to a rollout. `opens_before` is in seconds before the release date."""

    opens_before: int
    sheet: SheetRules
    checklist: tuple[ChecklistRule, ...]
    watch: WatchRules


class FeedbackReading(Frozen):
    """The feedback on a release so far.

    `exposed` is None while no usage was imported. `moments` are when feedback arrived, in order;
    `negative` says of each whether its sentiment was negative. `customers` counts different ones.
    """

    exposed: int | None = None
    moments: tuple[Moment, ...] = ()
    negative: tuple[bool, ...] = ()
    customers: int = 0


class ReleaseUse(Frozen):
    """How many people have a release, and how many of them use it; None when nobody has said."""

    release: str
    exposed: int
    adopted: int | None = None


class SentimentVerdict(StrEnum):
    """What the sequential test says so far."""

    UNDECIDED = "undecided"
    FINE = "fine"
    BAD = "bad"


class Verdict(Frozen):
    """What the figures of a rollout say. `response_rate` is None without an exposed count.

    `silent_since` is set while no feedback comes although some should have; `silent_from` is when
    the pause that lasts now becomes silence.
    """

    feedback: int
    exposed: int | None
    customers: int
    response_rate: float | None
    response_goal: float
    negative: int
    sentiment: SentimentVerdict
    log_likelihood_ratio: float
    silence_after_days: float | None
    silent_since: Moment | None
    silent_from: Moment | None = None
    recommendation: Recommendation
    why: str


class RolloutStart(Frozen):
    """Starts `RolloutWorkflow`. `carried` is set only by continue-as-new."""

    version_id: str
    name: str = ""
    carried: RolloutState | None = None


class RolloutState(Frozen):
    """Everything a rollout's workflow holds."""

    version_id: str
    sheet: Sheet
    version: VersionFacts | None = None
    rules: RolloutRules | None = None
    phase: RolloutPhase = RolloutPhase.EARLY
    released_at: Moment | None = None
    verdict: Verdict | None = None
    looked_at: Moment | None = None
    judged_at: Moment | None = None
    silence_told_of: Moment | None = None
    asked_about: Recommendation | None = None
    recommended: int = 0
    decided: Recommendation | None = None
    ended_why: str = ""


class RolloutStatus(Frozen):
    """What `RolloutWorkflow` answers to the query `status`."""

    version_id: str
    version: str
    workflow_id: str
    phase: RolloutPhase
    release_date: date | None
    released_at: Moment | None
    issue_key: str
    questions: tuple[QuestionStatus, ...]
    verdict: Verdict | None
    decided: Recommendation | None
    coverage_goal: float | None = None
    policy_version: str | None
    problem: str | None
    ended_why: str


class PinRolloutInput(Frozen):
    """Pin rollout.yaml as it is now, for a new rollout."""

    version_id: str


class ReadVersionInput(Frozen):
    """Read this version in Jira."""

    version_id: str


class VersionRead(Frozen):
    """`version` None: it was deleted, or is hidden from us."""

    version: VersionFacts | None = None


class JudgeInput(Frozen):
    """What does the feedback on this release say, under these rules?"""

    release: str
    released_at: Moment
    rules: WatchRules
    now: Moment


class RolloutSweepInput(Frozen):
    """Look at the versions of the project as of now."""

    now: Moment


class RolloutSweepResult(Frozen):
    """How many versions a look at the project saw, and how many rollouts it started or woke."""

    versions: int
    told: int


RolloutStart.model_rebuild()
