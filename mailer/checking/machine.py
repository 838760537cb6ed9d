"""Checks this machine: its software, its clock, its disk, and the login, folders and limits that the service works with."""

import os
import platform
from collections.abc import Iterator

from mailer import __version__
from mailer.app.installation import App
from mailer.app.relays import processes
from mailer.checking.result import note_of
from mailer.domain.check_result import CheckResult
from mailer.gateways.machine_state import (
    clock_is_synchronised,
    cores,
    disk_room,
    login_of,
    most_open_files,
    network_disk,
)
from mailer.views.plain_words import counted, size_in_words

# Below this, sending may stop in the middle of a mailing: a log of SQLite's, a backup and the reports need room.
LEAST_ROOM = 100_000_000
LITTLE_ROOM = 1_000_000_000
LITTLE_SHARE = 0.05
FEW_FILES = 1_000
# What a daemon has open besides: the database, the log, sources, mailboxes, and browsers at the console.
USUAL_FILES = 200


def check_software(_app: App) -> Iterator[CheckResult]:
    """Name the versions that are at work."""
    finding = f"Club Mailer {__version__}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    yield CheckResult(subject="the software", ok=True, finding=finding)


def check_time_service(_app: App) -> Iterator[CheckResult]:
    """Ask the kernel whether its clock follows a time server."""
    subject = "the time service"
    match clock_is_synchronised():
        case True:
            yield CheckResult(subject=subject, ok=True, finding="the clock follows a time server")
        case False:
            yield note_of(
                subject, "the clock follows no time server: dates, certificates and leases may be wrong in time"
            )
        case None:
            yield CheckResult(
                subject=subject, ok=True, finding="the system does not say whether its clock is kept right"
            )


def check_disk(app: App) -> Iterator[CheckResult]:
    """Check that there is room for what comes: the journal, a backup, reports."""
    folder = app.state_folder
    try:
        room, database = disk_room(folder), sum(file.stat().st_size for file in app.database_files if file.exists())
    except OSError as error:
        yield CheckResult(subject="the disk", ok=False, finding=f"{folder} cannot be looked at: {error.strerror}")
        return
    finding = f"{size_in_words(room.octets)} free at {folder} ({room.share:.0%})"
    if room.octets < max(LEAST_ROOM, database):
        beside = f", less than the database's {size_in_words(database)}" if room.octets >= LEAST_ROOM else ""
        yield CheckResult(subject="the disk", ok=False, finding=f"only {finding}{beside}")
    elif room.files is not None and room.files < FEW_FILES:
        yield CheckResult(subject="the disk", ok=False, finding=f"{finding}, but for {room.files} more files only")
    else:
        little = room.octets < LITTLE_ROOM or room.share < LITTLE_SHARE
        yield CheckResult(subject="the disk", ok=True, note=little, finding=finding)


def check_local_disk(app: App) -> Iterator[CheckResult]:
    """Check that SQLite's file is on a disk of this machine: over a network its locks do not hold."""
    if not app.database_files:
        return
    kind = network_disk(app.state_folder)
    finding = (
        f"{app.state_folder} is on another machine's disk ({kind})" if kind else "SQLite's file is on a local disk"
    )
    yield CheckResult(subject="the database's disk", ok=not kind, finding=finding)


def check_login(app: App) -> Iterator[CheckResult]:
    """Check that the files of the service belong to the login that runs it."""
    own, subject = os.geteuid(), "the login"
    files = [path for path in (*app.config.private_files, *app.database_files, app.state_folder) if path.exists()]
    others = [path for path in files if path.stat().st_uid != own]
    if not others:
        yield CheckResult(subject=subject, ok=True, finding=f"{login_of(own)} runs the service and owns its files")
        return
    owner = login_of(others[0].stat().st_uid)
    finding = f"{others[0]} belongs to {owner}, and {login_of(own)} runs this command"
    fix = (
        f"run it as {owner}: `sudo -u {owner} mailer check`; or give it the files: `chown {login_of(own)} {others[0]}`"
    )
    yield CheckResult(subject=subject, ok=own == 0, note=own == 0, finding=finding, fix=fix)


def check_open_files(app: App) -> Iterator[CheckResult]:
    """Check that the process may have so many connections open as the settings name."""
    most = most_open_files()
    needed = USUAL_FILES + sum(server.connections for server in app.config.relay or (app.config.smtp,))
    finding = f"{most or 'any number of'} files and connections may be open; {needed} are needed"
    yield CheckResult(subject="open files", ok=not 0 < most < needed, finding=finding)


def check_processes(app: App) -> Iterator[CheckResult]:
    """Say how many processes send together, and whether relays and processors are enough for as many as are asked for."""
    wanted, several, most = app.config.delivery.processes, processes(app.config), cores()
    subject = "sending processes"
    if several < wanted:
        yield note_of(subject, f"{wanted} are asked for, {several} can send: each needs a connection to each relay")
    elif several > most:
        yield note_of(
            subject, f"{several} send on {counted(most, 'processor', 'processors')}: more than that bring nothing"
        )
    else:
        finding = "one sends" if several == 1 else f"{several} send, while much waits; an idle daemon is alone"
        yield CheckResult(subject=subject, ok=True, finding=finding)
