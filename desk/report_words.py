"""How a number is written: its value, its bounds, what it is a part of, and when it says nothing."""

from __future__ import annotations

from insight.numbers.metric import Metric, Unit

TOO_FEW = "too few to say"
LEAST_P = 0.001


def value(metric: Metric, number: float | None) -> str:
    """A value of this number's kind; a dash for none."""
    if number is None:
        return "–"
    match metric.definition.unit:
        case Unit.SHARE:
            return f"{100 * number:.1f} %"
        case Unit.MINUTES:
            return _minutes(number)
        case Unit.HOURS:
            return _minutes(60 * number)
        case Unit.DAYS:
            return f"{number:.1f} days"
        case Unit.COUNT:
            return f"{number:,.0f}"
        case Unit.SCORE:
            return f"{number:.2f}"
        case Unit.CORRELATION:
            return f"{number:+.2f}"


def shown(metric: Metric) -> str:
    """The value, or that there are too few to say one."""
    return value(metric, metric.value) if metric.enough else TOO_FEW


def bounds(metric: Metric) -> str:
    """From the lower to the upper bound; nothing where there are none or too few."""
    if metric.low is None or metric.high is None or not metric.enough:
        return ""
    return f"{value(metric, metric.low)} to {value(metric, metric.high)}"


def sample(metric: Metric) -> str:
    """What the number is a part of, and the smallest sample if it is not reached."""
    of = f"of {metric.denominator:,}"
    said = f"{metric.numerator:,} {of}" if metric.numerator is not None else of
    return said if metric.enough else f"{said}; needs {metric.definition.minimum}"


def goal(metric: Metric) -> str:
    """The goal and whether it is reached, as far as the bounds let one say so."""
    definition = metric.definition
    if definition.goal is None:
        return ""
    side = "at most" if definition.at_most else "at least"
    said = f"goal: {side} {value(metric, definition.goal)}"
    if not metric.enough or metric.low is None or metric.high is None:
        return said
    better = definition.goal >= metric.high if definition.at_most else metric.low >= definition.goal
    worse = metric.low > definition.goal if definition.at_most else metric.high < definition.goal
    return f"{said}, {'reached' if better else 'missed' if worse else 'within the bounds'}"


def restated(metric: Metric) -> str:
    """What it came to before later contacts restated it, when that was another figure."""
    if metric.as_then is None or not metric.enough or metric.as_then == metric.value:
        return ""
    return f"{value(metric, metric.as_then)} at the end of the period"


def chance(p: float | None) -> str:
    """How easily chance alone would do it."""
    if p is None:
        return ""
    return f"p < {LEAST_P}" if p < LEAST_P else f"p = {p:.3f}"


def _minutes(minutes: float) -> str:
    for least, length, name in ((2880, 1440, "days"), (120, 60, "hours")):
        if minutes >= least:
            return f"{minutes / length:.1f} {name}"
    return f"{minutes:.1f} min"
