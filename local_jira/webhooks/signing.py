"""How a webhook proves that it comes from this site."""

import hashlib
import hmac


def signature(secret: str, body: bytes) -> str:
    """The `X-Hub-Signature` header: the method and the HMAC of the raw body in hex."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return f"sha256={digest}"
