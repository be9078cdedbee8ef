"""What is said about a theme, on its delivery issue, in its events and where people decide."""

from __future__ import annotations

from models.theme import DeliveryFacts, LoopClosed, ThemeFigures, ThemePhase, ThemeState
from policies.money import in_words
from policies.sheets import questions

GONE = "Its delivery issue was deleted, or is hidden from our account."
NO_RELEASE = "the latest release"


def title(name: str, theme_id: str, figures: ThemeFigures | None) -> str:
    """What to call a theme: the name a person gave, else everyday words that its customers share."""
    if name:
        return name
    if figures is not None and figures.words:
        return " · ".join(figures.words)
    if figures is not None and figures.keys:
        return f"like {figures.keys[0]}"
    return theme_id


def of(state: ThemeState) -> str:
    """What to call this theme."""
    return title(state.name, state.theme_id, state.figures)


def hits(figures: ThemeFigures) -> str:
    """Whom it hits."""
    return f"{figures.items} items of {figures.customers} customers"


def worth(figures: ThemeFigures) -> str:
    """Revenue times pain with its terms, so that one may disagree with a term."""
    points = figures.points
    money = f"{in_words(figures.revenue)} a year" if figures.revenue else "no revenue known"
    unknown = figures.revenue_unknown
    without = f", {unknown} customers without" if unknown and figures.revenue else ""
    return (
        f"At risk: {money}{without}, times pain 1 + ({points.came_back} came back + "
        f"{points.escalated} escalated + {points.promise_broken} promises broken + "
        f"{points.unhappy} unhappy) / {figures.items} = {figures.pain:.2f}"
    )


def decide(state: ThemeState, why: str = "") -> str:
    """The question to whoever decides."""
    told = f"{why} " if why else ""
    figures = f" {hits(state.figures)}." if state.figures else ""
    return f"{told}{of(state)}:{figures} Does it become a delivery issue?"


def grown(state: ThemeState) -> str:
    """Why a dismissed theme is asked about once more."""
    customers = state.figures.customers if state.figures else 0
    return f"It was dismissed at {state.customers_then} customers and hits {customers} now."


def came_back(state: ThemeState) -> str:
    """Why a delivered theme is asked about once more."""
    more = (state.figures.customers if state.figures else 0) - state.customers_then
    release = state.delivery.release if state.delivery else ""
    where = f" in {release}" if release else ""
    return f"It was delivered{where}, and has hit {more} more customers since."


def summary(state: ThemeState) -> str:
    """The delivery issue's summary."""
    return f"Customers report: {of(state)}"


def text(state: ThemeState, person: str) -> str:
    """The delivery issue's text, written once: from then on it belongs to whoever delivers."""
    lines = [f"{person} accepted this as work: several customers tell of the same thing."]
    if state.figures is not None:
        lines += ["", *(f"* {line}" for line in figures_in_lines(state.figures))]
    lines += ["", "Every item is linked to this issue, also those that come later. Once it is done "
              "and its version is released, the customers are told if somebody says so."]  # fmt: skip
    return "\n".join(lines)


def figures_in_lines(figures: ThemeFigures) -> list[str]:
    """What was counted, a line each."""
    lines = [f"{hits(figures)}.", f"{worth(figures)}."]
    if figures.categories:
        lines.append(f"Most are of the category {figures.categories[0]}.")
    if figures.first_at and figures.last_at:
        lines.append(f"First on {figures.first_at:%Y-%m-%d}, last on {figures.last_at:%Y-%m-%d}.")
    if figures.keys:
        lines.append(f"Newest: {', '.join(reversed(figures.keys))}.")
    return lines


def accepted(person: str) -> str:
    """The first comment on the delivery issue."""
    return f"{person} made this of a theme. Its items are linked here."


def accepted_again(person: str) -> str:
    """The comment on a delivery issue that is to be opened again."""
    return (
        f"{person} accepted the theme once more: customers are still hit. Please open this again."
    )


def delivered(facts: DeliveryFacts) -> str:
    """How the delivery issue was done."""
    where = f" Released in {facts.release}." if facts.release else " It names no version."
    how = f" with the resolution {facts.resolution}" if facts.resolution else ""
    return f"The delivery issue is done{how}.{where}"


def loop(state: ThemeState) -> str:
    """The question whether customers are told."""
    customers = state.figures.customers if state.figures else 0
    told_by = delivered(state.delivery) if state.delivery else ""
    return f"{told_by} Are the {customers} customers told, each once on their own issue?"


def told(result: LoopClosed) -> str:
    """How many heard of it."""
    missed = f" {result.missed} could not be told; see the log." if result.missed else ""
    return f"Told on {result.told} issues that it was delivered.{missed}"


def page(state: ThemeState) -> str:
    """The page in the Temporal UI."""
    lines = [f"**{of(state)}**: {state.phase}"]
    if state.sheet.problem:
        lines.append(f"Stopped: {state.sheet.problem}")
    if state.figures is not None:
        lines += [f"- {line}" for line in figures_in_lines(state.figures)]
    if state.sheet.issue_key:
        lines.append(f"- Delivery issue: {state.sheet.issue_key}, {state.linked} items linked.")
    lines += questions.lines(state.sheet)
    if state.phase is ThemePhase.MERGED:
        lines.append(f"Merged into {state.into}.")
    return "\n".join(lines)
