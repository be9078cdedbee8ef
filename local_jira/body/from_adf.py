"""Writes an ADF document as the wiki text of API version 2, and as safe HTML."""

from collections.abc import Callable
from html import escape
from typing import Any

from local_jira.body.adf import Node


def _children(node: Node) -> list[Node]:
    content: list[Node] = node.get("content", [])
    return content


def _attribute(node: Node, name: str) -> str:
    return str(node.get("attrs", {}).get(name, ""))


def _unmarked(inner: str, _: Node) -> str:
    return inner


_WIKI_MARKS: dict[str, Callable[[str, Node], str]] = {
    "strong": lambda inner, _: f"*{inner}*",
    "em": lambda inner, _: f"_{inner}_",
    "code": lambda inner, _: "{{" + inner + "}}",
    "strike": lambda inner, _: f"-{inner}-",
    "underline": lambda inner, _: f"+{inner}+",
    "link": lambda inner, mark: f"[{inner}|{_attribute(mark, 'href')}]",
}


def _plain_inline(node: Node) -> str:
    kind = node["type"]
    if kind == "hardBreak":
        return "\n"
    if kind in {"inlineCard", "blockCard", "embedCard"}:
        return _attribute(node, "url")
    if kind == "emoji":
        return _attribute(node, "text") or _attribute(node, "shortName")
    return _attribute(node, "text") or "".join(_wiki_inline(child) for child in _children(node))


def _wiki_inline(node: Node) -> str:
    if node["type"] == "text":
        written = str(node["text"])
        for mark in node.get("marks", []):
            written = _WIKI_MARKS.get(mark["type"], _unmarked)(written, mark)
        return written
    if node["type"] == "mention":
        return f"[~accountid:{_attribute(node, 'id')}]"
    return _plain_inline(node)


def _wiki_items(node: Node, bullet: str) -> str:
    items = []
    for item in _children(node):
        parts = [_wiki_block(child, bullet) for child in _children(item)]
        items.append(f"{bullet} " + "\n".join(parts))
    return "\n".join(items)


def _wiki_block(node: Node, bullet: str = "") -> str:
    kind = node["type"]
    if kind == "bulletList":
        return _wiki_items(node, bullet + "*")
    if kind == "orderedList":
        return _wiki_items(node, bullet + "#")
    if kind == "codeBlock":
        language = _attribute(node, "language")
        opening = f"{{code:{language}}}" if language else "{code}"
        return opening + "\n" + "".join(map(_wiki_inline, _children(node))) + "\n{code}"
    if kind == "rule":
        return "----"
    if kind == "heading":
        return f"h{_attribute(node, 'level')}. " + "".join(map(_wiki_inline, _children(node)))
    if kind == "blockquote":
        return "bq. " + "\n".join(_wiki_block(child) for child in _children(node))
    if kind == "paragraph":
        return "".join(map(_wiki_inline, _children(node)))
    if _children(node):
        separator = " | " if kind == "tableRow" else "\n"
        return separator.join(_wiki_block(child) for child in _children(node))
    return _plain_inline(node)


def adf_to_wiki(document: Node) -> str:
    """The wiki text that says the same as a document."""
    written = [_wiki_block(block) for block in _children(document)]
    return "\n\n".join(written)


_HTML_MARKS = {"strong": "b", "em": "em", "code": "code", "strike": "del", "underline": "ins"}
_HTML_BLOCKS = {
    "paragraph": "p",
    "bulletList": "ul",
    "orderedList": "ol",
    "listItem": "li",
    "blockquote": "blockquote",
    "table": "table",
    "tableRow": "tr",
    "tableCell": "td",
    "tableHeader": "th",
}


def _safe_link(target: str, inner: str) -> str:
    if not target.startswith(("https://", "http://", "mailto:")):
        return inner
    return f'<a href="{escape(target)}" rel="nofollow noreferrer noopener">{inner}</a>'


def _html_text(node: Node) -> str:
    written = escape(str(node["text"]))
    for mark in node.get("marks", []):
        if mark["type"] == "link":
            written = _safe_link(_attribute(mark, "href"), written)
        elif mark["type"] in _HTML_MARKS:
            tag = _HTML_MARKS[mark["type"]]
            written = f"<{tag}>{written}</{tag}>"
    return written


def _html(node: Node) -> str:
    kind = node["type"]
    inner = "".join(map(_html, _children(node)))
    if kind == "text":
        return _html_text(node)
    if kind == "hardBreak":
        return "<br/>\n"
    if kind == "rule":
        return "<hr/>"
    if kind == "codeBlock":
        return f"<pre><code>{inner}</code></pre>"
    if kind == "heading":
        level = _attribute(node, "level")
        return f"<h{level}>{inner}</h{level}>"
    if kind in _HTML_BLOCKS:
        return f"<{_HTML_BLOCKS[kind]}>{inner}</{_HTML_BLOCKS[kind]}>"
    if kind == "inlineCard":
        target = _attribute(node, "url")
        return _safe_link(target, escape(target))
    return inner or escape(_plain_inline(node))


def adf_to_html(document: Any) -> str:
    """Safe HTML of a document: every text escaped, only web and mail links kept."""
    return "\n".join(map(_html, _children(document)))
