"""Which language a text is written in."""

from __future__ import annotations

import unicodedata

import pycld2

from insight.words import READ_LIMIT
from models.item import Reason, Suggestion

UNKNOWN = "und"
"""ISO 639's own code for "undetermined"."""
UNRELIABLE_WORTH = 0.5


def language_of(text: str) -> Suggestion:
    """The main language as an ISO 639-1 code, or `und` with confidence 0.

    Confidence is the share of the text in that language, halved when the detector itself doubts.
    """
    readable = "".join(
        " " if unicodedata.category(character) in ("Cc", "Cs", "Cn") else character
        for character in text[:READ_LIMIT]
    )
    try:
        reliable, _, languages = pycld2.detect(readable.encode(), bestEffort=True)
    except pycld2.error:
        return _unknown("the language detector could not read it")
    _, code, percent, _ = languages[0]
    if code == "un" or percent == 0:
        return _unknown("too little text to tell the language")
    confidence = percent / 100 * (1.0 if reliable else UNRELIABLE_WORTH)
    return Suggestion(
        value=code, confidence=round(confidence, 3), reasons=(Reason(rule="language detector"),)
    )


def _unknown(why: str) -> Suggestion:
    return Suggestion(value=UNKNOWN, confidence=0.0, reasons=(Reason(rule=why),))
