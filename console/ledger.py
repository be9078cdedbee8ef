"""`ledger`: prove that nothing was changed, hand the evidence on, change its key."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console import ledger_keeping, options
from console.ledger_anchors import gathered, kept_checkpoint
from console.plain_words import PlainGroup
from console.surface import print_json, say, tell
from desk.ledger_access import ledger_problems, opened
from models.base import Frozen
from runtime.problems import ExitCode, Problem, WrongSettings
from runtime.settings import Settings, load_settings
from runtime.signing import SigningKey, load_or_create_signing_key, public_key_in

if TYPE_CHECKING:
    from ledger.records import Verdict

CHECKPOINT_KEY = "checkpoint-key.pem"

ledger = typer.Typer(
    cls=PlainGroup,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Prove that the evidence is whole, and hand it on to somebody who checks it elsewhere.",
)

PublicKey = Annotated[
    Path | None,
    typer.Option("--public-key", metavar="FILE", help="The .pub file of whoever signed."),
]


class Exported(Frozen):
    """What `ledger export --json` prints."""

    directory: str
    rows: int
    checkpoints: int
    personal: bool
    public_key: str


class KeyChanged(Frozen):
    """What `ledger rotate --json` prints."""

    key_id: str
    sequence: int


def verify(
    checkpoints: Annotated[
        list[Path] | None,
        typer.Option("--checkpoint", metavar="FILE", help="A checkpoint kept; may be repeated."),
    ] = None,
    jira: Annotated[
        bool, typer.Option("--jira", help="Also against what the issues in Jira hold.")
    ] = False,
    temporal: Annotated[
        bool, typer.Option("--temporal", help="Also against what closed workflows hold.")
    ] = False,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="DIR", help="Check these files instead.")
    ] = None,
    public_key: PublicKey = None,
    as_json: options.Json = False,
) -> None:
    """Check every row of the ledger, and name the first one that is not what was written.

    That newest rows were removed shows only beside what stands elsewhere: --checkpoint, --jira,
    --temporal. With --export and --public-key it needs neither the database nor a secret.
    Exit code: 0 all good, 1 not, 3 cannot be read.

    Example: followthrough ledger verify --jira --checkpoint last-friday.json
    """
    settings = load_settings()
    with ledger_problems():
        if export is not None:
            verdict = _verify_export(export, public_key, checkpoints or ())
        else:
            anchors = gathered(
                settings, checkpoints or (), public_key, jira=jira, temporal=temporal
            )
            with opened(settings) as book:
                verdict = book.verify(anchors)
    _tell_verdict(verdict, as_json)


def export(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="A directory to make.")],
    *,
    without_personal: Annotated[
        bool, typer.Option("--without-personal", help="Leave out reasons, notes and customers.")
    ] = False,
    as_json: options.Json = False,
) -> None:
    """Write every row and signed checkpoints, to be verified on another machine.

    Example: followthrough ledger export --out evidence
    """
    settings = load_settings()
    key = checkpoint_key(settings)
    try:
        with ledger_problems(), opened(settings) as book:
            written = book.export(out, key.seal, personal=not without_personal)
    except OSError as error:
        raise WrongSettings(
            f"the export cannot be written: {error.strerror}.",
            where=str(out),
            remedy="Name a directory that you may write to.",
        ) from error
    told = Exported(
        directory=str(out),
        rows=written.rows,
        checkpoints=len(written.checkpoints),
        personal=written.personal,
        public_key=str(_public_file(settings, key)),
    )
    if as_json:
        print_json(told)
        return
    say(f"{told.rows} rows and {told.checkpoints} signed checkpoints are in {out}.")
    tell(f"To check it elsewhere: ledger verify --export {out} --public-key {told.public_key}")
    tell("Hand the public key over by another way than the export.")


def checkpoint(
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write it to a file instead.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Sign how far the ledger goes now; kept elsewhere, it shows when newest rows are removed.

    Example: followthrough ledger checkpoint --out last-friday.json
    """
    settings = load_settings()
    with ledger_problems(), opened(settings) as book:
        made = book.checkpoint(checkpoint_key(settings).seal)
    if made is None:
        raise Problem("The ledger has no rows yet, so there is nothing to sign.")
    if out is not None:
        try:
            out.write_text(made.model_dump_json(indent=2) + "\n")
        except OSError as error:
            raise WrongSettings(
                f"the checkpoint cannot be written: {error.strerror}.", where=str(out)
            ) from error
    if as_json or out is None:
        print_json(made)
        return
    say(f"Row {made.sequence} is signed in {out}. Keep it where whoever runs this cannot reach it.")


def rotate(as_json: options.Json = False) -> None:
    """Seal with a new key from now on; the old one only checks what it sealed.

    Other machines that write the ledger need the new key file; until then their work waits.

    Example: followthrough ledger rotate
    """
    settings = load_settings()
    with ledger_problems(), opened(settings) as book:
        key_id, sequence = book.change_key()
    if as_json:
        print_json(KeyChanged(key_id=key_id, sequence=sequence))
        return
    say(f"Rows from {sequence} on are sealed with the key {key_id}.")


def checkpoint_key(settings: Settings) -> SigningKey:
    """The key that checkpoints are signed with; it proves nobody's acts."""
    return load_or_create_signing_key(settings.ledger_keys / CHECKPOINT_KEY)


def _public_file(settings: Settings, key: SigningKey) -> Path:
    return settings.ledger_keys / "trusted-keys" / f"{key.key_id}.pub"


def _verify_export(
    directory: Path, public_key: Path | None, checkpoints: Sequence[Path]
) -> Verdict:
    from ledger.export import verify_export  # noqa: PLC0415 - loads the database package, as above

    if public_key is None:
        raise WrongSettings(
            "an export is checked with the public key of whoever signed it.",
            remedy="Name it with --public-key; it must have come another way than the export.",
        )
    trusted = public_key_in(public_key)
    return verify_export(
        directory, trusted, [kept_checkpoint(path, trusted) for path in checkpoints]
    )


def _tell_verdict(verdict: Verdict, as_json: bool) -> None:
    if as_json:
        print_json(verdict)
    elif verdict.first_bad is not None:
        say(f"Row {verdict.first_bad.sequence} is bad: {verdict.first_bad.why}.")
        tell(f"{verdict.rows} rows before it are as they were written.")
    else:
        said = f"All {verdict.rows} rows are as they were written."
        say(f"{said} {verdict.erased_texts} have had their personal text erased.")
        if not verdict.anchors:
            tell(
                "Give --jira, --temporal or a --checkpoint to see that no newest rows were removed either."
            )
    if not verdict.sound:
        raise typer.Exit(ExitCode.ANSWER_IS_NO)


def add_to(app: typer.Typer) -> None:
    """Register the group."""
    for command in (
        verify,
        export,
        checkpoint,
        rotate,
        ledger_keeping.erase,
        ledger_keeping.history,
    ):
        ledger.command()(command)
    app.add_typer(ledger, name="ledger", rich_help_panel="Evidence")
