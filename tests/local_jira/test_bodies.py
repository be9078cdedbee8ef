"""Wiki text and ADF: what counts as a document, and that nothing is lost or run on the way."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from local_jira_tools import adf

from local_jira.body.adf import is_document
from local_jira.body.codec import body_html, read_body, write_body
from local_jira.body.from_adf import adf_to_wiki
from local_jira.body.to_adf import wiki_to_adf


@pytest.mark.parametrize(
    "value",
    [
        "plain",
        None,
        [],
        {},
        {"type": "doc", "content": []},
        {"type": "doc", "version": 2, "content": []},
        {"type": "doc", "version": 1, "content": "x"},
        {"type": "doc", "version": 1, "content": [{"type": "text", "text": "loose"}]},
        {"type": "doc", "version": 1, "content": [{"type": "script"}]},
        {"type": "doc", "version": 1, "content": [{"type": "heading", "attrs": {"level": 9}}]},
        {"type": "doc", "version": 1, "content": [{"type": "paragraph", "attrs": "x"}]},
        {
            "type": "doc",
            "version": 1,
            "content": [{"type": "paragraph", "content": [{"type": "text", "text": ""}]}],
        },
        {
            "type": "doc",
            "version": 1,
            "content": [
                {
                    "type": "paragraph",
                    "content": [{"type": "text", "text": "x", "marks": [{"type": "blink"}]}],
                }
            ],
        },
    ],
)
def test_what_is_not_a_document_is_not_taken_for_one(value: Any) -> None:
    assert not is_document(value)


def test_a_document_that_is_nested_too_deeply_is_refused() -> None:
    node: dict[str, Any] = {"type": "paragraph"}
    for _ in range(200):
        node = {"type": "blockquote", "content": [node]}
    assert not is_document({"type": "doc", "version": 1, "content": [node]})


@pytest.mark.parametrize(
    "wiki",
    [
        "One line.",
        "Two\nlines.",
        "First.\n\nSecond.",
        "h2. Title\n\nText with *strong*, _em_ and {{code}}.",
        "* one\n* two",
        "# one\n# two",
        "bq. Quoted.",
        "{code:python}\nprint(1)\n\nprint(2)\n{code}",
        "See [the page|https://example.com/a] and [~accountid:acc-ada-agent].",
        "日本語のフィードバック 😀",
    ],
)
def test_wiki_text_survives_the_way_through_a_document(wiki: str) -> None:
    document = wiki_to_adf(wiki)
    assert is_document(document)
    assert adf_to_wiki(document) == wiki


@given(st.text(max_size=400))
def test_every_text_becomes_a_valid_document_and_comes_back_unchanged_in_version_2(
    text: str,
) -> None:
    body = read_body(text, "2")
    assert write_body(body, "2") == text
    assert is_document(write_body(body, "3"))


@given(st.text(alphabet="<>&\"'=/ javascript:script*_[]|{}h1.~\n", max_size=200))
def test_no_text_becomes_markup_of_its_own(text: str) -> None:
    html = body_html(read_body(text, "2")).casefold()
    assert "<script" not in html
    assert 'href="javascript' not in html


def test_a_link_to_a_script_loses_its_target() -> None:
    document = adf("click")
    document["content"][0]["content"][0]["marks"] = [
        {"type": "link", "attrs": {"href": "javascript:alert(1)"}}
    ]
    assert body_html(read_body(document, "3")) == "<p>click</p>"


def test_a_document_is_kept_word_for_word() -> None:
    document = adf("kept")
    document["content"].append(
        {"type": "panel", "attrs": {"panelType": "info"}, "content": [{"type": "paragraph"}]}
    )
    body = read_body(document, "3")
    assert write_body(body, "3") == document
    assert "kept" in write_body(body, "2")
