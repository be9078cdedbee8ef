"""Signing in at an OpenID Connect provider: authorization code with PKCE, by Authlib.

What is kept between going there and coming back (state, nonce, verifier) stands in a signed cookie
that lasts ten minutes, so every desk can finish what another one began.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
import structlog
from authlib.integrations.starlette_client import (  # type: ignore[import-untyped]  # ships no types
    OAuth,
    OAuthError,
)
from joserfc.errors import JoseError
from starlette.requests import Request
from starlette.responses import Response

from runtime.problems import Problem, Unreachable
from runtime.setting_values import is_loopback
from runtime.settings import Settings

CALLBACK = "/sign-in/callback"
COOKIE = "followthrough-sign-in"
COOKIE_LASTS_SECONDS = 600
ANSWER_SECONDS = 10.0
SIGNATURES = frozenset(
    ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
)
"""Signatures by a key that only the provider has; one by a shared secret, or none, is no proof."""

log = structlog.get_logger(__name__)


class SignInRefused(Problem):
    """The provider, or what it said, lets nobody in. `reason` is a word for the log."""

    def __init__(self, reason: str, what: str, remedy: str | None = None) -> None:
        self.reason = reason
        super().__init__(what, remedy=remedy)


@dataclass(frozen=True)
class Identity:
    """Whom the provider means; the address is None unless the provider has verified it."""

    subject: str
    verified_email: str | None


class OpenIdProvider:
    """The provider of the settings, which must name one."""

    def __init__(self, settings: Settings) -> None:
        if settings.oidc_issuer is None:
            raise ValueError("no issuer is set")
        self._issuer = settings.oidc_issuer
        self.callback = f"{settings.desk_url}{CALLBACK}"
        secret = settings.oidc_client_secret
        self._client: Any = OAuth().register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid email",
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
                "timeout": ANSWER_SECONDS,
                # A proxy of this machine does not lead to the machine itself.
                "trust_env": not is_loopback(self.host),
            },
        )

    @property
    def host(self) -> str:
        """What people know the provider by."""
        return urlsplit(self._issuer).hostname or ""

    async def begin(self, request: Request, to: str) -> Response:
        """Lead there; `to` is the page of the desk to come back to. Raises `Unreachable`."""
        try:
            await self._known()
            request.session["to"] = to
            leave: Response = await self._client.authorize_redirect(request, self.callback)
        except (httpx2.HTTPError, ValueError) as error:
            raise self._silent() from error
        return leave

    async def finish(self, request: Request) -> tuple[Identity, str]:
        """Whom the provider says this is, and the page to go to.

        Raises `SignInRefused` for everything that is not right, and `Unreachable`.
        """
        to = str(request.session.get("to", "/"))
        try:
            await self._known()
            token = await self._client.authorize_access_token(request)
        except OAuthError as error:
            raise _refused(str(error.error or "")) from error
        except JoseError as error:
            raise _refused("token_not_right") from error
        except (httpx2.HTTPError, ValueError) as error:
            raise self._silent() from error
        claims = token.get("userinfo")
        if not claims or not claims.get("sub"):
            raise _refused("no_id_token")
        email = claims.get("email") if claims.get("email_verified") is True else None
        request.session.clear()
        return Identity(str(claims["sub"]), str(email) if email else None), to

    async def _known(self) -> None:
        """Make sure that the provider's own description was read and is of the named issuer."""
        metadata = await self._client.load_server_metadata()
        if str(metadata.get("issuer", "")).rstrip("/") != self._issuer:
            raise SignInRefused(
                "another_issuer",
                f"What {self.host} says of itself is of another issuer.",
                "Set FOLLOWTHROUGH_OIDC_ISSUER to the issuer that its configuration names.",
            )
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = sorted(SIGNATURES & set(offered))

    def _silent(self) -> Unreachable:
        return Unreachable(
            f"{self.host} does not answer as a sign-in provider should.",
            remedy="Try again; if it stays so, look at FOLLOWTHROUGH_OIDC_ISSUER.",
        )


def _refused(reason: str) -> SignInRefused:
    known = reason if reason.replace("_", "").isalpha() and len(reason) <= 40 else "refused"
    return SignInRefused(known, "The sign-in was not completed.", "Begin it again.")
