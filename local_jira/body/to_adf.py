"""Reads the wiki text of API version 2 into an ADF document, as far as people use it."""

import re

from local_jira.body.adf import Node, document, text

_HEADING = re.compile(r"^h([1-6])\.\s+(.*)$")
_BULLET = re.compile(r"^[*-]\s+(.*)$")
_NUMBER = re.compile(r"^#\s+(.*)$")
_QUOTE = re.compile(r"^bq\.\s+(.*)$")
_CODE_START = re.compile(r"^\{(?:code|noformat)(?::([a-z]+)[^}]*)?\}(.*)$")
_CODE_END = re.compile(r"^(.*)\{(?:code|noformat)\}\s*$")
_INLINE = re.compile(
    r"\[~accountid:(?P<mention>[^\]]+)\]"
    r"|\[(?P<label>[^\[\]|]+)\|(?P<target>https?://[^\]\s|]+)\]"
    r"|\[(?P<bare>https?://[^\]\s|]+)\]"
    r"|(?<!\w)\*(?P<strong>[^*\s](?:[^*\n]*[^*\s])?)\*(?!\w)"
    r"|(?<!\w)_(?P<em>[^_\s](?:[^_\n]*[^_\s])?)_(?!\w)"
    r"|\{\{(?P<code>[^{}\n]+)\}\}"
)


def _link(label: str, target: str) -> Node:
    return text(label, {"type": "link", "attrs": {"href": target}})


def _inline_match(match: re.Match[str]) -> Node:
    groups = match.groupdict()
    if groups["mention"]:
        account = groups["mention"]
        return {"type": "mention", "attrs": {"id": account, "text": f"@{account}"}}
    if groups["target"]:
        return _link(groups["label"], groups["target"])
    if groups["bare"]:
        return _link(groups["bare"], groups["bare"])
    kind = next(name for name in ("strong", "em", "code") if groups[name])
    return text(groups[kind], {"type": kind})


def _inline(line: str) -> list[Node]:
    nodes: list[Node] = []
    at = 0
    for match in _INLINE.finditer(line):
        if match.start() > at:
            nodes.append(text(line[at : match.start()]))
        nodes.append(_inline_match(match))
        at = match.end()
    if at < len(line):
        nodes.append(text(line[at:]))
    return nodes


def _paragraph(lines: list[str]) -> Node:
    content: list[Node] = []
    for number, line in enumerate(lines):
        if number:
            content.append({"type": "hardBreak"})
        content += _inline(line)
    return {"type": "paragraph", "content": content} if content else {"type": "paragraph"}


def _list(kind: str, items: list[str]) -> Node:
    return {
        "type": kind,
        "content": [{"type": "listItem", "content": [_paragraph([item])]} for item in items],
    }


class _Reader:
    """Walks over the lines once and collects blocks."""

    def __init__(self, wiki: str) -> None:
        self.lines = wiki.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        self.at = 0
        self.blocks: list[Node] = []

    def read(self) -> list[Node]:
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if not line.strip():
                self.at += 1
            elif not self._block(line):
                self._text()
        return self.blocks

    def _block(self, line: str) -> bool:
        return (
            self._code(line)
            or self._heading(line)
            or self._quote(line)
            or self._items(_BULLET, "bulletList")
            or self._items(_NUMBER, "orderedList")
        )

    def _code(self, line: str) -> bool:
        start = _CODE_START.match(line.strip())
        if not start:
            return False
        collected, rest = [], start.group(2)
        end = _CODE_END.match(rest)
        self.at += 1
        while end is None and self.at < len(self.lines):
            collected.append(rest)
            rest = self.lines[self.at]
            end = _CODE_END.match(rest)
            self.at += 1
        collected.append(end.group(1) if end else rest)
        block: Node = {"type": "codeBlock"}
        if start.group(1):
            block["attrs"] = {"language": start.group(1)}
        code = "\n".join(collected).strip("\n")
        if code:
            block["content"] = [text(code)]
        self.blocks.append(block)
        return True

    def _heading(self, line: str) -> bool:
        match = _HEADING.match(line)
        if match:
            level = {"level": int(match.group(1))}
            content = _inline(match.group(2))
            self.blocks.append({"type": "heading", "attrs": level, "content": content})
            self.at += 1
        return match is not None

    def _quote(self, line: str) -> bool:
        match = _QUOTE.match(line)
        if match:
            self.blocks.append({"type": "blockquote", "content": [_paragraph([match.group(1)])]})
            self.at += 1
        return match is not None

    def _items(self, pattern: re.Pattern[str], kind: str) -> bool:
        items: list[str] = []
        while self.at < len(self.lines) and (match := pattern.match(self.lines[self.at])):
            items.append(match.group(1))
            self.at += 1
        if items:
            self.blocks.append(_list(kind, items))
        return bool(items)

    def _starts_block(self, line: str) -> bool:
        patterns = (_HEADING, _BULLET, _NUMBER, _QUOTE, _CODE_START)
        return any(pattern.match(line) for pattern in patterns)

    def _text(self) -> None:
        lines = [self.lines[self.at]]
        self.at += 1
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if not line.strip() or self._starts_block(line):
                break
            lines.append(line)
            self.at += 1
        self.blocks.append(_paragraph(lines))


def wiki_to_adf(wiki: str) -> Node:
    """The ADF document that says the same as a wiki text; unknown markup stays plain text."""
    return document(_Reader(wiki).read())
