"""Atlassian Document Format: what a valid document is, and building small ones."""

from typing import Any

Node = dict[str, Any]

BLOCKS = frozenset(
    {
        "paragraph", "heading", "bulletList", "orderedList", "listItem", "codeBlock", "blockquote",
        "rule", "panel", "table", "tableRow", "tableCell", "tableHeader", "mediaSingle",
        "mediaGroup", "media", "expand", "nestedExpand", "taskList", "taskItem", "decisionList",
        "decisionItem", "layoutSection", "layoutColumn", "blockCard", "embedCard", "extension",
        "bodiedExtension",
    }
)  # fmt: skip
INLINES = frozenset(
    {"text", "hardBreak", "mention", "emoji", "inlineCard", "date", "status", "inlineExtension",
     "mediaInline"}
)  # fmt: skip
MARKS = frozenset(
    {"strong", "em", "code", "strike", "underline", "link", "textColor", "subsup",
     "backgroundColor", "alignment", "indentation", "border"}
)  # fmt: skip
MAXIMUM_DEPTH = 60


def _valid_mark(mark: Any) -> bool:
    return isinstance(mark, dict) and mark.get("type") in MARKS


def _valid_text(node: Node) -> bool:
    text = node.get("text")
    return isinstance(text, str) and text != ""


def _valid_node(node: Any, depth: int) -> bool:
    if depth > MAXIMUM_DEPTH or not isinstance(node, dict):
        return False
    kind = node.get("type")
    if kind not in BLOCKS and kind not in INLINES:
        return False
    if kind == "text" and not _valid_text(node):
        return False
    attributes, marks = node.get("attrs", {}), node.get("marks", [])
    if not isinstance(attributes, dict) or not isinstance(marks, list):
        return False
    if kind == "heading" and attributes.get("level") not in range(1, 7):
        return False
    content = node.get("content", [])
    return (
        isinstance(content, list)
        and all(_valid_mark(mark) for mark in marks)
        and all(_valid_node(child, depth + 1) for child in content)
    )


def is_document(value: Any) -> bool:
    """Whether a value is an ADF document of version 1 made of nodes that exist."""
    return (
        isinstance(value, dict)
        and value.get("type") == "doc"
        and value.get("version") == 1
        and isinstance(value.get("content"), list)
        and all(_valid_node(node, 1) and node["type"] not in INLINES for node in value["content"])
    )


def document(blocks: list[Node]) -> Node:
    """A document of these blocks."""
    return {"type": "doc", "version": 1, "content": blocks}


def text(value: str, *marks: Node) -> Node:
    """A run of text."""
    node: Node = {"type": "text", "text": value}
    if marks:
        node["marks"] = list(marks)
    return node
