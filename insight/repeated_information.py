"""What a customer had to say again: given, asked for all the same, and given once more.

Read where the messages are; only the kinds leave this module. The words are those of support in
English; a thread in another language shows nothing, which makes the burden a lower bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from insight.words import clean
from models.contact import Information

_GIVEN = {
    Information.ORDER_NUMBER: re.compile(
        r"(?:order|booking|case|ticket|account|confirmation|reference|tracking|flight)\D{0,24}"
        r"(?:#|\d|<(?:number|masked)>)|#\s?\d{3,}|\b\d{6,}\b"
    ),
    Information.DEVICE: re.compile(
        r"\b(?:iphone|ipad|ipod|android|galaxy|pixel|macbook|imac|windows|xbox|playstation|ps4|"
        r"ios|chrome|firefox|safari|laptop|desktop|version)\b"
    ),
    Information.STEPS: re.compile(
        r"\b(?:re-?start|re-?boot|re-?install|re-?set|log(?:ged)? (?:out|off)|clear(?:ed)?|"
        r"un-?install|up-?dat|refresh|turned? (?:it )?off)"
    ),
}
_ASKED = {
    Information.ORDER_NUMBER: re.compile(
        r"\b(?:order|booking|case|ticket|account|confirmation|reference|tracking|flight|record)\b"
        r"[^.!]{0,30}\b(?:number|no|#|locator|id|details)\b|\bwhich (?:order|flight)"
    ),
    Information.DEVICE: re.compile(
        r"\b(?:what|which)\b[^.!]{0,40}\b(?:device|phone|model|version|browser|os|computer|system)\b|"
        r"\b(?:device|model|version|operating system|browser)\b[^.!]{0,40}\b(?:using|running|have)\b"
    ),
    Information.STEPS: re.compile(
        r"\b(?:have you|did you|can you|could you|please|try|does)\b[^.!?]{0,60}"
        r"\b(?:re-?start|re-?boot|re-?install|re-?set|log|clear|un-?install|up-?dat|refresh)"
    ),
}


def said_again(messages: Iterable[tuple[bool, str]]) -> tuple[Information, ...]:
    """The kinds that were said again in a thread of (from the customer, text), oldest first."""
    stage = dict.fromkeys(Information, 0)
    for from_customer, text in messages:
        read = clean(text)
        for kind in Information:
            if from_customer and stage[kind] in (0, 2) and _GIVEN[kind].search(read):
                stage[kind] += 1
            elif not from_customer and stage[kind] == 1 and _ASKED[kind].search(read):
                stage[kind] = 2
    return tuple(kind for kind, reached in stage.items() if reached == 3)
