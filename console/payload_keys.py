"""`payload-keys`: make and change the keys that payloads in Temporal are encrypted with."""

from __future__ import annotations

from pathlib import Path

import typer

from console import options
from console.plain_words import PlainGroup
from console.surface import print_json, say, tell
from models.base import Frozen
from runtime.payload_keys import SETTING, PayloadKeys, prepare_key, rotate_key
from runtime.settings import Settings, load_settings

DEFAULT_FILE = "payload-keys"

payload_keys = typer.Typer(
    cls=PlainGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Make and change the keys that payloads in Temporal are encrypted with.",
)


class PayloadKeysChanged(Frozen):
    """What `payload-keys … --json` prints: ids, and where the keys lie; never a key."""

    active: str
    prepared: str | None
    known: int
    file: str
    in_force: bool


def rotate(as_json: options.Json = False) -> None:
    """Encrypt with another key from now on: the prepared one, else a new one.

    Makes the first key too. The older ones go on decrypting. With several machines run `prepare`
    first and copy the file to all of them: what a machine cannot decrypt waits there.

    Example: followthrough payload-keys rotate
    """
    settings = load_settings()
    file = _file(settings)
    keys = rotate_key(file)
    if as_json:
        _print_json(settings, file, keys)
        return
    if settings.payload_keys_file is not None:
        say(f"Payloads are encrypted with the key {keys.active.key_id} from now on.")
        return
    say(f"The key {keys.active.key_id} is in {file}. Nothing is encrypted yet.")
    tell(f"Set {SETTING}={file} for every worker, desk and terminal, and restart them.")
    tell("Keep a copy of the file in a safe place: what it encrypts is lost without it.")


def prepare(as_json: options.Json = False) -> None:
    """Make the next key, which only decrypts until `rotate` puts it into use.

    Example: followthrough payload-keys prepare
    """
    settings = load_settings()
    file = _file(settings)
    keys = prepare_key(file)
    if as_json:
        _print_json(settings, file, keys)
    elif keys.prepared is not None:
        say(f"The key {keys.prepared.key_id} waits in {file}.")
        tell("Copy the file to every machine, then run `followthrough payload-keys rotate`.")


def _file(settings: Settings) -> Path:
    return settings.payload_keys_file or settings.data_dir / DEFAULT_FILE


def _print_json(settings: Settings, file: Path, keys: PayloadKeys) -> None:
    told = PayloadKeysChanged(
        active=keys.active.key_id,
        prepared=keys.prepared.key_id if keys.prepared else None,
        known=len(keys.keys),
        file=str(file),
        in_force=settings.payload_keys_file is not None,
    )
    print_json(told)


def add_to(app: typer.Typer) -> None:
    """Register the group."""
    for command in (rotate, prepare):
        payload_keys.command()(command)
    app.add_typer(payload_keys, name="payload-keys", rich_help_panel="Installation")
