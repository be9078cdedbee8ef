"""How the `~` operator of JQL decides whether a text contains the words asked for."""

import re

_WORD = re.compile(r"\w+", re.UNICODE)
_TERM = re.compile(r'"([^"]*)"|(\S+)')


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _contains_phrase(words: list[str], phrase: list[str]) -> bool:
    last_start = len(words) - len(phrase)
    return any(words[at : at + len(phrase)] == phrase for at in range(last_start + 1))


def _matches_term(words: list[str], term: str) -> bool:
    wanted = _words(term)
    if not wanted:
        return True
    if term.endswith("*") and len(wanted) == 1:
        return any(word.startswith(wanted[0]) for word in words)
    return _contains_phrase(words, wanted)


def contains_words(text: str | None, query: str) -> bool:
    """Whether every term of the query occurs in the text, whatever the case.

    A term in quotes must occur as a phrase, a term that ends in `*` as the start of a word.
    Jira's real index also knows word stems and fuzzy terms; this one does not.
    """
    words = _words(text or "")
    return all(
        _matches_term(words, phrase or term) for phrase, term in _TERM.findall(query.strip())
    )
