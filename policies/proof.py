"""Who acts is proved: a signed claim names the person, the channel, the act and the subject.

Pure arithmetic over public keys, so a workflow can judge a proof again in a replay.
"""

from __future__ import annotations

from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from models.failures import NOT_ENTITLED, UNPROVEN, Failure
from models.people import Act, Actor, Proof
from models.policy import PolicySnapshot


def check(
    actor: Actor,
    act: Act,
    subject: str,
    trusted_keys: dict[str, str],
    now: datetime,
    allow_unproven: bool,
    *,
    content: str | None = None,
    made_after: datetime | None = None,
) -> Failure | None:
    """None when the actor's proof is good for this act on this subject (a workflow id).

    A proof must be signed by a trusted key, name exactly this person, channel, act and subject,
    and not have run out at `now`. With `content` it must be bound to exactly that, with
    `made_after` it must not have been made before. `allow_unproven` accepts an act that carries no proof at all,
    for trying out; a proof that is wrong is never accepted. Returns `UNPROVEN` otherwise.
    """
    if actor.proof is None:
        return None if allow_unproven else UNPROVEN
    claim = actor.proof.claim
    same = (
        claim.person == actor.person
        and claim.channel is actor.channel
        and claim.act is act
        and claim.subject == subject
        and (content is None or claim.content == content)
        and (made_after is None or (claim.made_at is not None and claim.made_at >= made_after))
    )
    if same and now < claim.expires_at and _signed(actor.proof, trusted_keys):
        return None
    return UNPROVEN


def signed(key_id: str, signature: str, content: bytes, trusted_keys: dict[str, str]) -> bool:
    """Whether this trusted key made this signature (in hex) over this content."""
    public_hex = trusted_keys.get(key_id)
    if public_hex is None:
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_hex))
        key.verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def entitled(
    actor: Actor,
    act: Act,
    snapshot: PolicySnapshot,
    subject: str,
    now: datetime,
    *,
    content: str | None = None,
) -> Failure | None:
    """None when the actor is who they say and their role may do this act.

    With `content` the proof must be bound to exactly that.

    Returns `UNPROVEN`, or `NOT_ENTITLED` for somebody unknown, inactive or without such a role.
    """
    unproven = check(
        actor,
        act,
        subject,
        snapshot.trusted_keys,
        now,
        snapshot.allow_unproven,
        content=content,
    )
    if unproven is not None:
        return unproven
    person = snapshot.person(actor.person)
    allowed = frozenset(snapshot.permissions.get(act, ()))
    if person is None or not person.active or allowed.isdisjoint(person.roles):
        return NOT_ENTITLED
    return None


def _signed(proof: Proof, trusted_keys: dict[str, str]) -> bool:
    return signed(proof.key_id, proof.signature, proof.claim.signing_bytes(), trusted_keys)
