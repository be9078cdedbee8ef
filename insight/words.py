"""From text to words: what every reading of text here has in common.

Only the first `READ_LIMIT` characters are read, so that time is bounded whatever arrives.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

READ_LIMIT = 20_000
"""Characters. People say what they want early; a pasted log has the rest."""

_UNSPACED = (
    "\u0e00-\u0eff"  # Thai, Lao
    "\u1000-\u109f"  # Burmese
    "\u1780-\u17ff"  # Khmer
    "\u3040-\u30ff"  # kana
    "\u3400-\u9fff"  # Chinese characters
    "\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_UNSPACED_RUN = re.compile(f"[{_UNSPACED}ー]+")
_ADDRESS = re.compile(
    r"[a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,200}|@[a-z0-9_]+|https?://\S+|<url:[^>\s]*>|www\.\S+"
)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_CLAUSE_END = re.compile(r"[.,!?;:()\n。！？]+")
_VOWELS = frozenset("aeiouy")


class Word(NamedTuple):
    """A stemmed word, its place in the text, and the clause it stands in, counted from 0."""

    stem: str
    place: int
    clause: int


def clean(text: str) -> str:
    """The part that is read, in one spelling: compatible forms unified, lower case."""
    return unicodedata.normalize("NFKC", text[:READ_LIMIT]).casefold().replace("’", "'")


def was_cut(text: str) -> bool:
    """Whether the text is longer than what is read."""
    return len(text) > READ_LIMIT


def is_unspaced(text: str) -> bool:
    """Whether the text holds a script that writes no spaces between words."""
    return _UNSPACED_RUN.search(text) is not None


def words(cleaned: str) -> tuple[Word, ...]:
    """The words of a cleaned text in order, stemmed, without web and mail addresses and handles."""
    found: list[Word] = []
    plain = _ADDRESS.sub(" ", cleaned)
    for number, clause in enumerate(_CLAUSE_END.split(plain)):
        for match in _WORD.finditer(clause):
            found.append(Word(stem(match.group()), len(found), number))
    return tuple(found)


def unspaced_pairs(cleaned: str) -> tuple[str, ...]:
    """Every two neighbouring characters of scripts without spaces, which serve as their words."""
    return tuple(
        run[at : at + 2]
        for run in _UNSPACED_RUN.findall(cleaned)
        for at in range(max(len(run) - 1, 1))
    )


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """A word without its English ending, so that "charged", "charges" and "charge" are one.

    Crude on purpose: it only has to be the same for the words of the policy and of the text.
    Other languages lose at most a plural "s".
    """
    word = word.removesuffix("'s")
    if not word.isascii() or len(word) <= 3 or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    for ending in ("ing", "edly", "ed"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) >= 3 and _VOWELS.intersection(rest):
            return _tidy(rest)
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        word = word[:-1]
    return word.removesuffix("e") if len(word) > 4 else word


def _tidy(rest: str) -> str:
    """Take back a doubled consonant ("stopp"), and the "e" that other forms lose too."""
    if len(rest) > 3 and rest[-1] == rest[-2] and rest[-1] not in "lsz":
        return rest[:-1]
    return rest.removesuffix("e") if len(rest) > 4 else rest
