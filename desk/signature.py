"""Jira's webhook signature: `X-Hub-Signature: sha256=<hex>` over the raw body, by HMAC.

Source: Jira Cloud's admin webhooks follow WebSub here; other methods may be announced one day and
are refused until somebody means them.
"""

from __future__ import annotations

import hashlib
import hmac

METHOD = "sha256"


def sign_body(secret: str, body: bytes) -> str:
    """The header value that Jira would send for this body."""
    return f"{METHOD}={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def signature_holds(secret: str, body: bytes, header: str | None) -> bool:
    """Whether the header signs exactly this body; compared in constant time."""
    if header is None:
        return False
    return hmac.compare_digest(sign_body(secret, body).encode(), header.strip().lower().encode())
