"""What somebody wrote stays text wherever a report or a digest is read."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from policies.markup import for_jira, for_markdown

HOSTILE = [
    "[pay here](https://evil.example)",
    "[pay here](javascript:alert(1))",
    "![](https://evil.example/seen.png)",
    "<https://evil.example>",
    "<img src=x onerror=alert(1)>",
    "| another | cell |",
    "a\n# A heading",
    "a\r\n\r\n- a list",
    "`code`",
    r"\[pay here\](https://evil.example)",
    "**loud** _soft_ ~~gone~~",
]
SIGNS = st.text(alphabet="[]()<>!|`*_~#\\&; \n\r\tab:/.", max_size=60)


def kinds_in(markdown: str) -> set[str]:
    tokens = MarkdownIt("commonmark").enable("table").enable("strikethrough").parse(markdown)
    children = [child for token in tokens for child in token.children or ()]
    return {token.type for token in (*tokens, *children)}


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_hostile_is_more_than_text_in_a_cell_of_markdown(text: str) -> None:
    table = "| name | count |\n|---|---|\n| {} | 1 |"
    with_text = table.format(for_markdown(text))
    assert kinds_in(with_text) <= kinds_in(table.format("a plain name")) | {"text_special"}
    assert with_text.count("\n") == 2


@given(text=SIGNS)
@example(text="\\\\[a](b)")
def test_no_signs_at_all_make_a_link_or_a_picture_or_markup(text: str) -> None:
    assert kinds_in(f"x {for_markdown(text)} x") <= {
        "paragraph_open",
        "paragraph_close",
        "inline",
        "text",
        "text_special",
    }


@given(text=SIGNS)
@example(text="[pay here|https://evil.example]")
@example(text="!https://evil.example/seen.png!")
@example(text="{html}<script>{html}")
@example(text="[~accountid:cora]")
@example(text="\\\\[a|b]")
def test_in_jiras_markup_no_sign_stands_without_a_backslash_before_it(text: str) -> None:
    told = for_jira(text)
    assert not re.search(r"(?<!\\)[{}\[\]!|~^*_]", told)
    assert "\\\\" not in told
    assert "\n" not in told
