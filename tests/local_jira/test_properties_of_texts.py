"""Whatever anybody writes: texts come back whole, queries are read or refused in words."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from local_jira.body.adf import is_document
from local_jira.body.codec import (
    BodyTooLongError,
    InvalidBodyError,
    body_html,
    read_body,
    write_body,
)
from local_jira.body.from_adf import adf_to_html, adf_to_wiki
from local_jira.body.to_adf import wiki_to_adf
from local_jira.jql.lexer import JqlError
from local_jira.jql.parser import Both, Clause, Either, Function, Negation, Query, Value, parse_jql

WORDS = some.text(
    some.characters(min_codepoint=32, max_codepoint=0x2FFF, exclude_categories=("Cs", "Cc")),
    min_size=1,
    max_size=12,
)
MARKUP = some.lists(
    some.sampled_from(
        ["*", "_", "{code}", "{{", "}}", "h1. ", "bq. ", "# ", "- ", "[", "|", "]", "[~accountid:",
         "http://x.example", "\n", "\r\n", " ", "<b>", "&amp;", "{noformat}", "----", "語", "a"]
    ),
    max_size=40,
).map("".join)  # fmt: skip
PLAIN = some.text("abcdefgh ", min_size=1, max_size=20).map(str.strip).filter(bool)


def texts(marks: list[dict[str, Any]] | None = None) -> some.SearchStrategy[dict[str, Any]]:
    node = {"type": "text"} | ({"marks": marks} if marks else {})
    return PLAIN.map(lambda words: {**node, "text": words})


def paragraph(content: list[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "paragraph", "content": content}


BLOCKS = some.one_of(
    texts().map(lambda node: paragraph([node])),
    texts([{"type": "strong"}]).map(lambda node: paragraph([node])),
    texts([{"type": "em"}]).map(lambda node: paragraph([node])),
    some.tuples(some.integers(1, 6), texts()).map(
        lambda pair: {"type": "heading", "attrs": {"level": pair[0]}, "content": [pair[1]]}
    ),
    some.lists(texts(), min_size=1, max_size=4).map(
        lambda nodes: {
            "type": "bulletList",
            "content": [{"type": "listItem", "content": [paragraph([one])]} for one in nodes],
        }
    ),
    texts().map(lambda node: {"type": "blockquote", "content": [paragraph([node])]}),
    texts().map(lambda node: {"type": "codeBlock", "content": [node]}),
)
DOCUMENTS = some.lists(BLOCKS, min_size=1, max_size=6).map(
    lambda blocks: {"type": "doc", "version": 1, "content": blocks}
)
JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=8),
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.dictionaries(
            some.sampled_from(["type", "content", "text", "attrs", "marks", "version", "level"]),
            inner | some.sampled_from(["doc", "text", "paragraph", "heading", "strong", "mention"]),
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(DOCUMENTS)
def test_a_document_means_the_same_after_a_journey_through_wiki_text(
    document: dict[str, Any],
) -> None:
    assert wiki_to_adf(adf_to_wiki(document)) == document


@given(MARKUP | some.text(max_size=200))
def test_any_wiki_text_becomes_a_valid_document_and_safe_html(wiki: str) -> None:
    document = wiki_to_adf(wiki)
    assert is_document(document)
    html = adf_to_html(document)
    assert "<script" not in html
    assert "<b>" not in html.replace("<b>", "", html.count("</b>"))
    assert is_document(wiki_to_adf(adf_to_wiki(document)))


@given(MARKUP | some.text(max_size=200))
def test_a_text_comes_back_letter_by_letter_in_its_own_version(wiki: str) -> None:
    assert write_body(read_body(wiki, "2"), "2") == wiki


@given(DOCUMENTS)
def test_a_document_comes_back_node_by_node_in_its_own_version(document: dict[str, Any]) -> None:
    assert write_body(read_body(document, "3"), "3") == document


@given(JSON)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_what_is_no_document_is_refused_and_what_is_one_can_be_shown(value: Any) -> None:
    try:
        body = read_body(value, "3")
    except (InvalidBodyError, BodyTooLongError):
        return
    assert write_body(body, "3") == value
    assert isinstance(write_body(body, "2"), str)
    assert "<script" not in body_html(body)


def is_read_or_refused_in_words(jql: str) -> bool:
    try:
        return isinstance(parse_jql(jql), Query)
    except JqlError as error:
        return error.message.startswith("Error in ")


@given(some.text(max_size=120))
def test_any_query_is_read_or_refused_in_words(jql: str) -> None:
    assert is_read_or_refused_in_words(jql)


@given(
    some.lists(
        some.sampled_from(
            ["project", "=", "!=", "~", "(", ")", "AND", "OR", "NOT", "IN", "IS", "EMPTY", ",",
             "ORDER BY", "DESC", '"a b"', "'", '"', "\\", "now()", "-1d", "cf[10001]", "&&", "!"]
        ),
        max_size=30,
    ).map(" ".join)
)  # fmt: skip
def test_any_heap_of_words_of_the_language_is_read_or_refused(jql: str) -> None:
    assert is_read_or_refused_in_words(jql)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


CLAUSES = some.one_of(
    some.tuples(WORDS, some.sampled_from(["=", "!=", "~", "<", ">="]), WORDS).map(
        lambda parts: Clause(parts[0], parts[1], (Value(parts[2]),))
    ),
    some.tuples(WORDS, some.lists(WORDS, min_size=1, max_size=4)).map(
        lambda parts: Clause(parts[0], "in", tuple(map(Value, parts[1])))
    ),
    WORDS.map(lambda word: Clause(word, "=", (Function("currentUser", ()),))),
)
CONDITIONS = some.recursive(
    CLAUSES,
    lambda inner: some.one_of(
        inner.map(Negation),
        some.lists(inner, min_size=2, max_size=3).map(lambda parts: Both(tuple(parts))),
        some.lists(inner, min_size=2, max_size=3).map(lambda parts: Either(tuple(parts))),
    ),
    max_leaves=8,
)


def written(condition: Any) -> str:
    """A condition as somebody would write it, every part in parentheses."""
    if isinstance(condition, Negation):
        return f"NOT ({written(condition.part)})"
    if isinstance(condition, Both | Either):
        word = " AND " if isinstance(condition, Both) else " OR "
        return word.join(f"({written(part)})" for part in condition.parts)
    values = [
        f"{one.name}()" if isinstance(one, Function) else quoted(one.text)
        for one in condition.operands
    ]
    shown = f"({', '.join(values)})" if condition.operator == "in" else values[0]
    return f"{quoted(condition.field)} {condition.operator} {shown}"


@given(CONDITIONS)
def test_a_query_is_read_as_it_was_meant(condition: Any) -> None:
    assert parse_jql(written(condition)).condition == condition
