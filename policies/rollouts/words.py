"""What is said about a rollout, on its issue and in its events."""

from __future__ import annotations

from models.rollout import Recommendation, RolloutState, Verdict, VersionFacts
from models.sheet import Sheet
from policies.sheets import questions, record
from policies.sheets.questions import moment
from policies.sheets.view import table

HOW = (
    "Only those named sign a line off: write /signoff and the line's name as the first words of a "
    "comment here, or use the terminal."
)


def opened(sheet: Sheet, version: VersionFacts) -> str:
    """Tells everybody named that the checklist is open."""
    named = dict.fromkeys(one.owner for one in sheet.questions)
    people = record.mentions(sheet, named)
    return (
        f"{people}: {version.name} is to be released on {version.release_date}. Please sign off "
        f"your lines. {HOW}"
    )


def changed(before: VersionFacts, found: VersionFacts) -> str:
    """What is different about the version."""
    told = []
    if found.name != before.name:
        told.append(f"it is called {found.name} now")
    if found.release_date != before.release_date:
        day = found.release_date
        told.append(f"it is to be released on {day} now" if day else "it has no release date now")
    if found.released != before.released:
        told.append("it was released" if found.released else "its release was taken back")
    if found.archived != before.archived:
        told.append("it was archived" if found.archived else "it is no longer archived")
    said = ", ".join(told) or "nothing that matters here"
    return f"The version {before.name} has changed: {said}."


def released(unsigned: list[str]) -> str:
    """What the release left undone."""
    if not unsigned:
        return "Released with every line signed off. Its feedback is watched from now on."
    lines = ", ".join(unsigned)
    return (
        f"Released although nobody has signed off: {lines}. These lines stay open, and the "
        "feedback is watched from now on."
    )


def silence(verdict: Verdict) -> str:
    """That nothing is heard although something should be."""
    days = verdict.silence_after_days or 0
    return (
        f"Silence: nothing has come in for {days:.1f} days, although {verdict.exposed} people have "
        "the release. Find out whether they can reach you."
    )


def recommended(verdict: Verdict) -> str:
    """The question to whoever decides."""
    what = {
        Recommendation.CONTINUE: "go on with it",
        Recommendation.PAUSE: "pause it",
        Recommendation.ROLL_BACK: "roll it back",
    }[verdict.recommendation]
    return f"The figures say: {what}. {verdict.why} What is to become of this rollout?"


def summary(state: RolloutState) -> str:
    """The issue's summary."""
    return f"Rollout of {state.version.name if state.version else state.version_id}"


def text(state: RolloutState) -> str:
    """The issue's text: what stands open, and what the figures say."""
    version, verdict = state.version, state.verdict
    lines = []
    if version is not None:
        day = version.release_date
        lines.append(f"To be released on {day}." if day else "There is no release date.")
    if state.released_at is not None:
        lines.append(f"Released, seen {moment(state.released_at)}.")
    lines += [HOW, "", table(state.sheet.questions)]
    if verdict is not None:
        lines += ["", *figures(verdict)]
    return "\n".join(lines)


def page(state: RolloutState) -> str:
    """The page in the Temporal UI."""
    lines = [f"**{summary(state)}**: {state.phase}"]
    if state.sheet.problem:
        lines.append(f"Stopped: {state.sheet.problem}")
    lines += questions.lines(state.sheet)
    if state.verdict is not None:
        lines += ["", *(f"- {line}" for line in figures(state.verdict))]
    if state.ended_why:
        lines += ["", f"Over: {state.ended_why}."]
    return "\n".join(lines)


def figures(verdict: Verdict) -> list[str]:
    """The figures after the release, each with what it is counted from."""
    if verdict.exposed is None:
        response = "Response rate: unknown, since no usage was imported."
    else:
        response = (
            f"Response rate: {verdict.customers} customers of {verdict.exposed} exposed"
            f"{_percent(verdict.response_rate)}; the goal is {verdict.response_goal:.0%}."
        )
    silence_rule = (
        f"Silence is told after {verdict.silence_after_days:.1f} days without feedback."
        if verdict.silence_after_days is not None
        else "Silence cannot be told: too little feedback is to be expected."
    )
    return [
        f"Feedback: {verdict.feedback}, of it negative: {verdict.negative}; the test says "
        f"{verdict.sentiment}.",
        response,
        silence_rule,
        f"The figures say {verdict.recommendation}: {verdict.why}",
    ]


def _percent(rate: float | None) -> str:
    return f" ({rate:.1%})" if rate is not None else ""
