"""The course of a rollout: opened in time, followed when its version moves, ended with a reason.

Pure functions from one state to the next. A release date begins at midnight UTC.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from models.events import EventKind, Fact
from models.rollout import (
    ChecklistRule,
    Recommendation,
    RolloutPhase,
    RolloutRules,
    RolloutState,
    Verdict,
    VersionFacts,
)
from models.sheet import SIGNED, Question, Sheet
from policies.rollouts import words
from policies.sheets import questions, record

LOOK_EVERY = timedelta(days=1)
"""A version is read again at least so often, since nobody tells of one that was deleted."""
DECISION = "decision-"
"""How the ids of questions begin by whose replies a person decides how a rollout goes on."""


def begin(state: RolloutState, rules: RolloutRules, now: datetime) -> RolloutState:
    """The rollout with its rules pinned."""
    sheet = state.sheet.model_copy(update={"rules": rules.sheet})
    state = state.model_copy(update={"rules": rules, "sheet": sheet})
    return _happened(
        state,
        EventKind.ROLLOUT_BEGAN,
        now,
        f"Followed from now on under the policy {rules.sheet.version[:8]}.",
        version_id=state.version_id,
        policy_version=rules.sheet.version,
    )


def version_read(state: RolloutState, found: VersionFacts | None, now: datetime) -> RolloutState:
    """The rollout after a look at its version: a new date, a release, or the end of it."""
    state = state.model_copy(update={"looked_at": now})
    before = state.version
    if state.phase is RolloutPhase.ENDED:
        return state
    if found is None:
        return end(state, "the version was deleted in Jira, or hidden from our account", now)
    state = state.model_copy(update={"version": found})
    if found != before:
        state = _changed(state, before, found, now)
    if found.archived:
        return end(state, "the version was archived", now)
    if found.released and state.phase is not RolloutPhase.WATCHING:
        return _released(state, now)
    if not found.released and state.phase is RolloutPhase.WATCHING:
        phase = RolloutPhase.PREPARING if state.sheet.questions else RolloutPhase.EARLY
        back = {"phase": phase, "released_at": None, "verdict": None, "judged_at": None}
        return state.model_copy(update=back)
    return state


def open_in_time(state: RolloutState, now: datetime) -> RolloutState:
    """The rollout with its checklist asked for, once it is time."""
    version, rules, opens = state.version, state.rules, opens_at(state)
    if state.phase is not RolloutPhase.EARLY or opens is None or now < opens:
        return state
    if version is None or version.release_date is None or rules is None:
        return state
    begins, sheet = _begins(version.release_date), state.sheet
    for rule in rules.checklist:
        question = Question(
            id=rule.name,
            words=rule.words,
            choices=(SIGNED,),
            owner=rule.owner,
            deputies=rule.deputies,
            asked_at=now,
            due_at=_due(rules, rule, begins, now),
            reason_needed=False,
        )
        sheet = questions.ask(sheet, question, now)
    sheet = record.say(sheet, words.opened(sheet, version))
    return state.model_copy(update={"sheet": sheet, "phase": RolloutPhase.PREPARING})


def judged(state: RolloutState, verdict: Verdict, now: datetime) -> RolloutState:
    """The rollout after a look at its feedback: what changed is told, and asked about."""
    before = state.verdict
    state = state.model_copy(update={"verdict": verdict, "judged_at": now})
    if verdict.recommendation is Recommendation.CONTINUE:
        state = state.model_copy(update={"asked_about": None})  # what comes back is asked anew
    if before is None or before.recommendation is not verdict.recommendation:
        state = _happened(
            state,
            EventKind.ROLLOUT_JUDGED,
            now,
            f"The figures say {verdict.recommendation}: {verdict.why}",
            **_figures(verdict),
        )
    if verdict.silent_since is not None and state.silence_told_of != verdict.silent_since:
        state = state.model_copy(update={"silence_told_of": verdict.silent_since})
        state = _happened(
            state,
            EventKind.ROLLOUT_SILENT,
            now,
            words.silence(verdict),
            silent_since=verdict.silent_since.isoformat(),
            **_figures(verdict),
        )
    over = now >= (watch_ends(state) or now)
    if verdict.recommendation is not Recommendation.CONTINUE or over:
        state = _ask_whether(state, verdict, now, final=over)
    return state


def decided(state: RolloutState, question: Question, now: datetime) -> RolloutState:
    """The rollout after a reply that counts; a decision of how it goes on is carried here."""
    if not question.id.startswith(DECISION) or question.given is None:
        return state
    choice = Recommendation(question.given.choice)
    state = state.model_copy(update={"decided": choice})
    state = _happened(
        state,
        EventKind.ROLLOUT_DECIDED,
        now,
        f"{question.given.person} decided: {choice}.",
        choice=choice,
        recommended=state.verdict.recommendation if state.verdict else None,
        person=question.given.person,
    )
    if choice is Recommendation.ROLL_BACK:
        return end(state, f"{question.given.person} decided to roll it back", now)
    return state


def after_watch(state: RolloutState, now: datetime) -> RolloutState:
    """The rollout ended, once its watch is over and somebody has said how it went."""
    ends = watch_ends(state)
    if state.phase is not RolloutPhase.WATCHING or ends is None or now < ends:
        return state
    decisions = [one for one in state.sheet.questions if one.id.startswith(DECISION)]
    settled = [one for one in decisions if one.given is not None and one.given.at >= ends]
    return end(state, "its watch is over", now) if settled else state


def end(state: RolloutState, why: str, now: datetime) -> RolloutState:
    """The rollout that is over; nobody is asked anything any more."""
    sheet = questions.withdraw_all(state.sheet, why, now)
    sheet = record.say(sheet, f"This rollout is over: {why}.")
    state = state.model_copy(update={"sheet": sheet, "phase": RolloutPhase.ENDED, "ended_why": why})
    return _happened(state, EventKind.ROLLOUT_ENDED, now, f"Ended: {why}.", why=why)


def opens_at(state: RolloutState) -> datetime | None:
    """When the checklist is opened; None while there is no release date."""
    if state.version is None or state.version.release_date is None or state.rules is None:
        return None
    return _begins(state.version.release_date) - timedelta(seconds=state.rules.opens_before)


def must_judge(state: RolloutState, now: datetime) -> bool:
    """Whether the feedback has to be looked at: daily, and when silence or the end is due."""
    if state.phase is not RolloutPhase.WATCHING:
        return False
    if state.verdict is None or state.judged_at is None:
        return True
    if now - state.judged_at >= LOOK_EVERY:
        return True
    due = (state.verdict.silent_from, watch_ends(state))
    return any(at is not None and state.judged_at < at <= now for at in due)


def _to_judge(state: RolloutState) -> list[datetime]:
    """The moments at which the feedback has to be looked at again."""
    judged_at = state.judged_at
    if state.phase is not RolloutPhase.WATCHING or judged_at is None:
        return []
    due = (state.verdict.silent_from if state.verdict else None, watch_ends(state))
    return [judged_at + LOOK_EVERY, *(at for at in due if at is not None and at > judged_at)]


def watch_ends(state: RolloutState) -> datetime | None:
    """When the watch after the release is over."""
    if state.released_at is None or state.rules is None:
        return None
    return state.released_at + timedelta(seconds=state.rules.watch.lasts)


def next_moment(state: RolloutState, now: datetime) -> datetime | None:
    """When the rollout has to wake by itself, if nothing happens before."""
    if state.phase is RolloutPhase.ENDED:
        return None
    moments = [
        (state.looked_at or now) + LOOK_EVERY,
        questions.next_late(state.sheet),
        opens_at(state) if state.phase is RolloutPhase.EARLY else None,
        *_to_judge(state),
    ]
    return min((moment for moment in moments if moment), default=None)


def _changed(
    state: RolloutState, before: VersionFacts | None, found: VersionFacts, now: datetime
) -> RolloutState:
    if before is None:
        return state
    state = _happened(
        state,
        EventKind.VERSION_CHANGED,
        now,
        words.changed(before, found),
        name=found.name,
        release_date=found.release_date.isoformat() if found.release_date else None,
        released=found.released,
        archived=found.archived,
    )
    if found.release_date == before.release_date or state.rules is None:
        return state
    sheet = state.sheet
    if found.release_date is not None:
        begins = _begins(found.release_date)
        for rule in state.rules.checklist:
            due = _due(state.rules, rule, begins, now)
            sheet = questions.move(sheet, rule.name, due, now)
    if sheet.questions:
        sheet = record.say(sheet, words.changed(before, found))
    return state.model_copy(update={"sheet": sheet})


def _released(state: RolloutState, now: datetime) -> RolloutState:
    state = state.model_copy(update={"phase": RolloutPhase.WATCHING, "released_at": now})
    unsigned = [one.id for one in state.sheet.questions if one.open]
    state = _happened(
        state,
        EventKind.VERSION_CHANGED,
        now,
        words.released(unsigned),
        released=True,
        unsigned=", ".join(unsigned),
    )
    if not state.sheet.questions:
        return state
    return state.model_copy(update={"sheet": record.say(state.sheet, words.released(unsigned))})


def _ask_whether(
    state: RolloutState, verdict: Verdict, now: datetime, *, final: bool
) -> RolloutState:
    """Ask whoever decides; once for each recommendation, and once more at the end."""
    rules, number = state.rules, state.recommended + 1
    waiting = any(one.open for one in state.sheet.questions if one.id.startswith(DECISION))
    asked_before = state.asked_about is verdict.recommendation
    ends = watch_ends(state)
    settled = final and any(
        one.given and ends and one.given.at >= ends
        for one in state.sheet.questions
        if one.id.startswith(DECISION)
    )
    if rules is None or waiting or settled or (asked_before and not final):
        return state
    question = Question(
        id=f"{DECISION}{number}",
        words=words.recommended(verdict),
        choices=tuple(Recommendation),
        owner=rules.watch.decides,
        deputies=rules.watch.deputies,
        asked_at=now,
        due_at=now + timedelta(seconds=rules.watch.answers_within),
    )
    sheet = questions.ask(state.sheet, question, now)
    people = record.mentions(sheet, question.asked)
    asking = f"{people}: {question.words} {questions.how_to_reply(question)}"
    return state.model_copy(
        update={
            "sheet": record.say(sheet, asking),
            "asked_about": verdict.recommendation,
            "recommended": number,
        }
    )


def _figures(verdict: Verdict) -> dict[str, Fact]:
    return {
        "recommendation": verdict.recommendation,
        "feedback": verdict.feedback,
        "exposed": verdict.exposed,
        "response_rate": verdict.response_rate,
        "negative": verdict.negative,
        "sentiment": verdict.sentiment,
        "log_likelihood_ratio": round(verdict.log_likelihood_ratio, 4),
    }


def _happened(
    state: RolloutState, kind: EventKind, now: datetime, summary: str, **facts: Fact
) -> RolloutState:
    sheet: Sheet = record.happened(state.sheet, kind, now, summary, facts=facts)
    return state.model_copy(update={"sheet": sheet})


def _due(rules: RolloutRules, rule: ChecklistRule, begins: datetime, now: datetime) -> datetime:
    """When a line is due: so long before the release, or a reminder's time from now if that is over.

    A checklist that is opened late must not tell an executive at once that nobody has replied.
    """
    reminded = timedelta(seconds=min((step.after for step in rules.sheet.late), default=0))
    return max(begins - timedelta(seconds=rule.due_before), now - reminded)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
