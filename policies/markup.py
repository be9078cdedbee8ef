"""Words of people's made harmless where a text is read as Markdown or as Jira's markup.

A name or a reason may hold a link, a picture from elsewhere, a mention or a table's border. Whoever
writes such a text passes every value through here, so that a reader sees what was written.
"""

from __future__ import annotations

import re

_MARKDOWN_SIGNS = re.compile(r"([\\`*_{}\[\]<>#|~])")
_JIRA_SIGNS = re.compile(r"([{}\[\]!|~^*_])")
_JIRA_BACKSLASH = "&#92;"
"""A backslash written as itself would begin a new line when it meets another one."""


def for_markdown(text: str) -> str:
    """The text in one line, shown by Markdown as it is."""
    return _MARKDOWN_SIGNS.sub(r"\\\1", " ".join(text.split()))


def for_jira(text: str) -> str:
    """The text in one line, shown by Jira's markup as it is."""
    line = " ".join(text.split()).replace("\\", _JIRA_BACKSLASH)
    return _JIRA_SIGNS.sub(r"\\\1", line)
