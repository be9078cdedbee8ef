"""What a text is about, how bad it is and how it sounds, by the words of the team's taxonomy.

The boundary is text and taxonomy in, suggestions out; whatever reads the text may be exchanged.
Reasons name the taxonomy's words and never the customer's.
"""

from __future__ import annotations

import math
from collections import Counter

from insight.language import language_of
from insight.phrases import Hit, Reading, independent
from insight.words import READ_LIMIT, was_cut
from models.base import Frozen
from models.item import Reason, Suggestion
from models.lifecycle import PRIORITY_KEY, Severity
from models.taxonomy import CategoryEntry, Taxonomy

WORDS_SHOWN = 5
POSITIVE, NEGATIVE, NEUTRAL = "positive", "negative", "neutral"


class Suggestions(Frozen):
    """What one text suggests. Every confidence is 0 to 1.

    `sentiment` is positive, negative or neutral; `language` an ISO 639-1 code or `und`.
    """

    category: Suggestion
    severity: Suggestion
    sentiment: Suggestion
    language: Suggestion


def suggest(text: str, taxonomy: Taxonomy) -> Suggestions:
    """Read a text (its summary in the first line) by the taxonomy.

    Text beyond `insight.words.READ_LIMIT` characters is not read, and the reasons say so.
    """
    reading = Reading(text)
    notes: tuple[Reason, ...] = ()
    if was_cut(text):
        notes = (Reason(rule=f"only the first {READ_LIMIT} characters were read"),)
    category = _category(reading, taxonomy, notes)
    return Suggestions(
        category=category,
        severity=_severity(reading, taxonomy, category),
        sentiment=_sentiment(reading, taxonomy),
        language=language_of(text),
    )


def confidence(best: float, second: float, total: float) -> float:
    """How far evidence is to be believed, 0 to 1.

    Evidence of 1 (one plain word) is worth 0.5, and every further 1 halves the doubt that is left;
    that is scaled by the mean of two fractions: the best's share of all evidence, and its lead over
    the second. So two categories that stand level are never sure, however many words speak for both.
    """
    if best <= 0:
        return 0.0
    strength = 1 - math.pow(0.5, best)
    clearness = (best / total + (best - second) / best) / 2
    return round(strength * clearness, 3)


def _category(reading: Reading, taxonomy: Taxonomy, notes: tuple[Reason, ...]) -> Suggestion:
    # A negation does not change the subject: "I cannot log in" is about logging in.
    hits = {entry.name: independent(reading.find(entry.phrases)) for entry in taxonomy.categories}
    shared = Counter(hit.phrase for found in hits.values() for hit in found)
    scores = {
        name: sum(hit.weight / shared[hit.phrase] for hit in found) for name, found in hits.items()
    }
    ranked = sorted(scores.items(), key=lambda scored: -scored[1])  # stable: the policy's order
    if not ranked or ranked[0][1] <= 0:
        why = "there was no text to read" if reading.empty else "no word of the taxonomy was found"
        return Suggestion(
            value=taxonomy.fallback_category, confidence=0.0, reasons=(Reason(rule=why), *notes)
        )
    name, best = ranked[0]
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    reasons = [Reason(rule=f"words of category {name}", words=_shown(hits[name]))]
    if second > 0:
        rival = ranked[1][0]
        reasons.append(Reason(rule=f"words of category {rival}", words=_shown(hits[rival])))
    return Suggestion(
        value=name,
        confidence=confidence(best, second, sum(scores.values())),
        reasons=(*reasons, *notes),
    )


def _severity(reading: Reading, taxonomy: Taxonomy, category: Suggestion) -> Suggestion:
    usual = _usual_severity(taxonomy.categories, category.value)
    raising = [
        (entry.severity, found)
        for entry in taxonomy.severities
        if (found := _asserted(reading, entry.phrases))
    ]
    worst = min(raising, key=lambda raised: PRIORITY_KEY[raised[0]], default=None)
    if worst is None or PRIORITY_KEY[worst[0]] > PRIORITY_KEY[usual]:
        return Suggestion(
            value=usual,
            confidence=category.confidence,
            reasons=(Reason(rule=f"usual severity of category {category.value}"),),
        )
    speaking = [hit for severity, hits in raising if severity is worst[0] for hit in hits]
    weight = sum(hit.weight for hit in speaking)
    sure = confidence(weight, 0.0, weight)
    if worst[0] is usual:
        sure = max(sure, category.confidence)
    reason = Reason(rule=f"words of severity {worst[0]}", words=_shown(speaking))
    return Suggestion(value=worst[0], confidence=sure, reasons=(reason,))


def _sentiment(reading: Reading, taxonomy: Taxonomy) -> Suggestion:
    """Count what is said for and against; a negated word speaks for the other side, at half worth."""
    scores = {POSITIVE: 0.0, NEGATIVE: 0.0}
    reasons: dict[str, list[Reason]] = {POSITIVE: [], NEGATIVE: []}
    for side, other, phrases in (
        (POSITIVE, NEGATIVE, taxonomy.positive),
        (NEGATIVE, POSITIVE, taxonomy.negative),
    ):
        hits = independent(reading.find(phrases))
        said = [hit for hit in hits if not hit.negated]
        denied = [hit for hit in hits if hit.negated]
        scores[side] += sum(hit.strength for hit in said)
        scores[other] += sum(hit.strength for hit in denied) / 2
        if said:
            reasons[side].append(Reason(rule=f"{side} words", words=_shown(said)))
        if denied:
            reasons[other].append(Reason(rule=f"{side} words, denied", words=_shown(denied)))
    total = sum(scores.values())
    if total == 0 or scores[POSITIVE] == scores[NEGATIVE]:
        why = "no word of either side was found" if total == 0 else "both sides stand level"
        return Suggestion(value=NEUTRAL, confidence=0.0, reasons=(Reason(rule=why),))
    side = max(scores, key=lambda name: scores[name])
    best = scores[side]
    return Suggestion(
        value=side,
        confidence=confidence(best, total - best, total),
        reasons=tuple(reasons[side]),
    )


def _asserted(reading: Reading, phrases: tuple[str, ...]) -> tuple[Hit, ...]:
    """What the text says is so: "not urgent" does not speak for urgency."""
    return independent(tuple(hit for hit in reading.find(phrases) if not hit.negated))


def _shown(hits: tuple[Hit, ...] | list[Hit]) -> tuple[str, ...]:
    return tuple(hit.phrase for hit in hits)[:WORDS_SHOWN]


def _usual_severity(categories: tuple[CategoryEntry, ...], name: str) -> Severity:
    return next((entry.severity for entry in categories if entry.name == name), Severity.S3)
