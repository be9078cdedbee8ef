"""Where webhooks can be sent."""

import re

import httpx

# The whole of a URL, without any line break or blank.
_FORM = re.compile(r"https?://[^/\s]+\S*")


def is_address(url: object) -> bool:
    """Whether a webhook can be sent there: http or https, to a host and port that can exist."""
    if not isinstance(url, str) or not _FORM.fullmatch(url):
        return False
    try:
        parsed = httpx.URL(url)
        parsed.host.encode("idna")
    except (httpx.InvalidURL, UnicodeError):
        return False
    return bool(parsed.host) and (parsed.port is None or 0 < parsed.port < 65536)


def host_of(url: str) -> str:
    """Host and port as they are written, for counting what is under way to each."""
    return url.split("/", 3)[2]
