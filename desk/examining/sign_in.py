"""What `doctor` says of how people sign in to the desk."""

from __future__ import annotations

from collections.abc import Iterable

import httpx

from desk.examining.checks import ASK_SECONDS, Finding, is_local, note, ok, unreachable, wrong
from desk.people import People
from policies.problems import PolicyError
from runtime.settings import Settings

PART = "sign-in"


def check_sign_in(settings: Settings) -> Iterable[Finding]:
    """Whether the provider answers, and who could not sign in with it."""
    if settings.oidc_issuer is None:
        yield note(
            PART,
            "People sign in with passwords kept on this machine, which is for trying out.",
            "Set FOLLOWTHROUGH_OIDC_ISSUER for real use; docs/security.md says how.",
        )
        return
    yield _provider(settings.oidc_issuer)
    yield from _shut_out(settings)


def _provider(issuer: str) -> Finding:
    address = f"{issuer}/.well-known/openid-configuration"
    look = "Look at FOLLOWTHROUGH_OIDC_ISSUER."
    try:
        said = httpx.get(address, timeout=ASK_SECONDS, trust_env=not is_local(issuer)).json()
        named = str(said["issuer"])
    except httpx.HTTPError as error:
        what = f"{issuer} does not answer ({type(error).__name__})."
        return unreachable(PART, what, look)
    except (ValueError, KeyError, TypeError):
        return wrong(PART, f"{issuer} does not answer as a sign-in provider does.", look)
    if named.rstrip("/") != issuer:
        return wrong(PART, f"{issuer} says that it is another issuer.", look)
    return ok(PART, f"{issuer} answers.")


def _shut_out(settings: Settings) -> Iterable[Finding]:
    people = People(settings.policies)
    try:
        directory = people.directory()
    except PolicyError:
        return  # the check of the policies says so
    known = directory.subjects.keys() | directory.emails.keys()
    without = [one.id for one in people.who_may_sign_in() if one.id not in known]
    if without:
        yield wrong(
            PART,
            f"people.yaml has neither a subject nor an e-mail address for {', '.join(without)}.",
            "They cannot sign in until it has one of them.",
        )
