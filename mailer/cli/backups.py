"""Commands about the database: check and copy it, put a copy in its place, and go on after that."""

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mailer.cli import console
from mailer.domain.errors import Refused

if TYPE_CHECKING:
    from mailer.domain.restored_backup import DoubtfulIssue


def check() -> None:
    """Read the whole database and name what is damaged in it; the service may run.

    Example: mailer db check
    """
    from mailer.views.database import check_document, check_lines

    store = console.open_installation().store
    state = store.check()
    console.say(check_document(state), *check_lines(store.name, state))
    if not state.ok:
        raise typer.Exit(1)


def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="a new file")]) -> None:
    """Copy the database while the service runs, and check the copy.

    Example: mailer db backup /var/backups/mailer-2026-10-15.db
    """
    from mailer.views.database import backup_document, backup_lines

    app = console.open_installation()
    copy = app.store.back_up(file.absolute(), app.context.clock.now())
    others = app.kept_with_the_database
    console.say(backup_document(file, copy, others), *backup_lines(file, copy, others))


def restore(file: Annotated[Path, typer.Argument(metavar="FILE", help="what `mailer db backup` has written")]) -> None:
    """Put a backup in the place of the database; nothing is sent until `mailer resume-after-restore`.

    Example: mailer db restore /var/backups/mailer-2026-10-15.db
    """
    from mailer.app import restore as installation
    from mailer.config import load_config
    from mailer.views.database import restored_backup_document, restored_backup_lines

    config = load_config(console.invocation.config)
    installation.refuse_running(config)
    database = installation.name_of(config)
    console.confirm(f"{file} takes the place of {database}: what was written since that backup is in it no more.")
    place = installation.restore(config, file)
    console.say(restored_backup_document(file, database, place), *restored_backup_lines(file, database, place))


def upgrade() -> None:
    """Bring the database to the schema of this version, as every command does, and say what that took.

    Example: mailer db upgrade
    """
    from mailer.views.database import upgrade_document, upgrade_lines

    store = console.open_installation().store
    console.say(upgrade_document(store.name, store.upgraded), *upgrade_lines(store.name, store.upgraded))


def copy(url: Annotated[str, typer.Argument(metavar="URL", help="an empty PostgreSQL database")]) -> None:
    """Copy the SQLite database into a PostgreSQL one, which goes on in its place; after a break, give it again.

    Example: mailer db copy postgresql+psycopg://club_mailer@db.club.example/club_mailer
    """
    from mailer.app.dead_senders import free_copies_of_dead
    from mailer.app.restore import refuse_open, refuse_running
    from mailer.config import load_config
    from mailer.store.transfer import copy_database
    from mailer.views.database import copy_document, copy_lines

    refuse_open(load_config(console.invocation.config))
    app = console.open_installation()
    free_copies_of_dead(app)
    with console.counting() as tell:
        copied = copy_database(
            app.store,
            url,
            app.config.folder,
            app.context.clock.now(),
            refuse_running=partial(refuse_running, app.config),
            tell=tell,
        )
    console.say(copy_document(copied), *copy_lines(copied))


def resume_after_restore(
    sent: Annotated[list[str] | None, typer.Option("--sent", metavar="ISSUE", help="it was sent already")] = None,
    new: Annotated[list[str] | None, typer.Option("--new", metavar="ISSUE", help="it goes as new, or goes on")] = None,
    log: Annotated[
        list[Path] | None,
        typer.Option("--log", metavar="FILE", help="the relay's log since the backup, or a list of Message-IDs"),
    ] = None,
) -> None:
    """Say what was sent since the backup, so that a restored database may send again.

    Example: mailer resume-after-restore --log /var/log/mail.log --sent russia-confidential/254
    """
    from mailer.app.installation import source
    from mailer.app.relay_log import read_logs
    from mailer.pipeline.mailings.restore import read_sources, refuse_undecided, resume_backup, review_backup
    from mailer.views.restored_backup import COLUMNS, restored_document, restored_rows, resumed_lines, review_lines

    decisions = _decisions(sent or [], new or [])
    app = console.open_installation()
    context = app.context
    accepted = read_logs(log or [], context.clock.now()).accepted
    folders = read_sources(context, {each.id: source(app, each) for each in context.newsletters.values()})
    reviewed = review_backup(context, folders, accepted)
    if reviewed is None:
        console.say({"restored": False}, "the database is no restored backup: there is nothing to resume")
        return
    console.warn(review_lines(reviewed))
    asking = sys.stdin.isatty() and not console.invocation.yes
    for issue in reviewed.undecided(decisions) if asking else []:
        decisions[issue.issue] = _ask(issue)
    names = {how: [name for name, decision in decisions.items() if decision == how] for how in ("sent", "new")}
    epoch = None
    try:
        refuse_undecided(reviewed, decisions)
        console.confirm("What counts as sent is never sent again; the rest goes by its schedule.")
        reviewed, epoch = resume_backup(
            context, folders, accepted, sent=names["sent"], new=names["new"], epoch=app.epoch.read() or 0
        )
        app.epoch.save(epoch)
    finally:
        console.show(
            restored_document(reviewed, sent=names["sent"], new=names["new"], epoch=epoch),
            COLUMNS,
            restored_rows(reviewed, decisions),
            *(resumed_lines() if epoch is not None else []),
        )


def _decisions(sent: list[str], new: list[str]) -> dict[str, str]:
    decisions = {str(console.parse_issue(name)): "sent" for name in sent}
    for name in map(console.parse_issue, new):
        if decisions.setdefault(str(name), "new") == "sent":
            raise typer.BadParameter(f"{name} cannot be both sent and new", param_hint="--new")
    return decisions


def _ask(issue: "DoubtfulIssue") -> str:
    from mailer.views.restored_backup import question

    answers = {"s": "sent", "sent": "sent", "n": "new", "new": "new"}
    sys.stderr.write(f"{console.harmless(question(issue))}\nWas it sent already? [s]ent / [n]ew: ")
    sys.stderr.flush()
    answer = sys.stdin.readline().strip().lower()
    if answer not in answers:
        raise Refused("Not decided; nothing was done.")
    return answers[answer]


def join(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("resume-after-restore")(resume_after_restore)
    group = typer.Typer(no_args_is_help=True, help="The database. Example: mailer db backup mailer-backup.db")
    group.command("check")(check)
    group.command("backup")(backup)
    group.command("restore")(restore)
    group.command("upgrade")(upgrade)
    group.command("copy")(copy)
    app.add_typer(group, name="db")
