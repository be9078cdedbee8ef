"""Cuts a JQL query into words, strings, numbers and operators, and knows where each stands."""

import re
from dataclasses import dataclass
from typing import Literal

TokenKind = Literal["word", "string", "operator", "open", "close", "comma", "end"]

_OPERATORS = ("!=", "!~", ">=", "<=", "=", "~", ">", "<", "&&", "||", "!", "&", "|")
_WORD = re.compile(r"(?:[^\s\"'()=!<>~,&|\[\]\\]|\\.)+(?:\[[^\]]*\](?:[^\s\"'()=!<>~,&|\[\]])*)*")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_RESERVED = frozenset("{}*/%+^$#@?;`")
LONGEST_QUERY = 100_000


class JqlError(Exception):
    """A query that cannot be run; carries the sentence for the caller."""

    def __init__(self, message: str) -> None:
        """Keep the sentence."""
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Token:
    """A piece of the query, which starts at that index."""

    kind: TokenKind
    text: str
    query: str
    at: int

    @property
    def place(self) -> str:
        """Where it stands, as error sentences say it."""
        return _place_of(self.query, self.at)

    def is_kind(self, kind: TokenKind) -> bool:
        """Whether this is a piece of that kind."""
        return self.kind == kind

    def is_word(self, *words: str) -> bool:
        """Whether this is one of the given key words, whatever the case."""
        return self.kind == "word" and self.text.upper() in words


def _place_of(query: str, at: int) -> str:
    """Line and character count from 1. Only errors ask, since it looks through the query."""
    line = query.count("\n", 0, at) + 1
    return f"(line {line}, character {at - query.rfind(chr(10), 0, at)})"


def _unescape(text: str) -> str:
    def replace(match: re.Match[str]) -> str:
        code = match.group(1)
        if code.startswith("u") and len(code) == 5:
            return chr(int(code[1:], 16))
        return _ESCAPES.get(code, code)

    plain = re.sub(r"\\(u[0-9a-fA-F]{4}|.)", replace, text, flags=re.DOTALL)
    try:
        # Two escapes may stand for the halves of one character.
        return plain.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise JqlError(
            f"Error in JQL Query: '{text[:40]}' has an illegal JQL escape sequence."
        ) from None


def _string(query: str, at: int) -> int:
    """Where the string that starts at `at` ends."""
    quote, end = query[at], at + 1
    while end < len(query):
        if query[end] == "\\":
            end += 2
        elif query[end] == quote:
            return end
        else:
            end += 1
    raise JqlError(
        f"Error in the JQL Query: The quoted string '{query[at + 1 : at + 41]}' has not been "
        f"completed. {_place_of(query, at)}"
    )


def _next_token(query: str, at: int) -> tuple[Token, int]:
    sign = query[at]
    if sign in "\"'":
        end = _string(query, at)
        return Token("string", _unescape(query[at + 1 : end]), query, at), end + 1
    if sign in "(),":
        kind: TokenKind = {"(": "open", ")": "close", ",": "comma"}[sign]  # type: ignore[assignment]  # literals of that type
        return Token(kind, sign, query, at), at + 1
    operator = next((op for op in _OPERATORS if query.startswith(op, at)), None)
    if operator:
        return Token("operator", operator, query, at), at + len(operator)
    match = _WORD.match(query, at)
    if match is None or sign in _RESERVED:
        raise JqlError(
            f"Error in the JQL Query: The character '{sign}' is a reserved JQL character. You must "
            f"enclose it in a string or use the escape '\\u{ord(sign):04x}' instead. "
            f"{_place_of(query, at)}"
        )
    return Token("word", _unescape(match.group()), query, at), match.end()


def tokenize(query: str) -> list[Token]:
    """All pieces of a query, with an end piece last; raises JqlError."""
    if len(query) > LONGEST_QUERY:
        raise JqlError("Error in the JQL Query: The query is too long.")
    tokens: list[Token] = []
    at = 0
    while True:
        while at < len(query) and query[at].isspace():
            at += 1
        if at >= len(query):
            break
        token, at = _next_token(query, at)
        tokens.append(token)
    tokens.append(Token("end", "", query, len(query)))
    return tokens
