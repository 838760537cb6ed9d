"""Runs the whole service for a made-up club on this machine alone, with a capturing SMTP server in place of a relay."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from mailer.app import installation as composition
from mailer.app.installation import App
from mailer.app.sender import open_sender
from mailer.daemon import Daemon, Pace
from mailer.domain.distribution_report import DistributionReport
from mailer.domain.errors import MailerError, Refused
from mailer.domain.mailing import MailingState
from mailer.domain.progress import Progress
from mailer.formats.register import files
from mailer.gateways import new_installation
from mailer.gateways.capturing_server import CapturingServer
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.report import distribution_report, issue_progress, was_tested
from mailer.pipeline.mailings.send import send_mailing
from mailer.pipeline.register import import_export

ISSUE = "russia-confidential/320"
# Minutes between "send" and the first message, and before a delayed copy is tried again: short, fast is for machines.
UNHURRIED, FAST = 0.1, 0.02
PACE = Pace(tick=0.2, idle=0.1, stop_within=10)
LOOK = 0.1
# Long before this many seconds the demo's seventeen copies have gone, or something is wrong that must be said.
PATIENCE = 120

Say = Callable[[str], None]


def prepare(folder: Path | None) -> Path:
    """A new folder with the made-up club's installation, still without a relay; returns the folder."""
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="club-mailer-demo-"))
    elif folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty: name a new folder for the demo")
    elif folder.exists():
        folder.chmod(0o700)
    new_installation.install(folder)
    for source in sorted(new_installation.shipped("demo").rglob("*")):
        target = folder / source.relative_to(new_installation.shipped("demo"))
        if source.is_dir():
            target.mkdir(mode=0o700, exist_ok=True)
        else:
            shutil.copyfile(source, target)
    return folder


def refusal(recipient: str, nth: int) -> str | None:
    """Refuse every nouser.…, and put off every later.… once, so that the demo shows a rejection and a retry."""
    if recipient.startswith("nouser."):
        return "550 5.1.1 no such user here"
    if recipient.startswith("later.") and nth == 1:
        return "451 4.7.1 greylisted, please try again"
    return None


async def run(folder: Path, *, once: bool, fast: bool, say: Say, tell: Callable[[DistributionReport], None]) -> None:
    """Pull, plan, test, approve and send the made-up issue, and `tell` the report. Stays until Ctrl-C unless `once`."""
    async with CapturingServer(folder / "mail", refusal=refusal) as relay:
        _settle_down(folder, port=relay.port, minutes=FAST if fast else UNHURRIED)
        opened = composition.open_app(folder / "config.toml", who="daemon")
        _import_register(opened, folder)
        say(f"A made-up club lives in {folder}; its relay listens on 127.0.0.1:{relay.port} and keeps every message.")
        with open_sender(opened) as (sender, owner):
            working = asyncio.create_task(Daemon(app=opened, sender=sender, owner=owner, pace=PACE).run())
            try:
                month = asyncio.create_task(_first_month(opened, say))
                # Ctrl-C ends the daemon, and so may a fault: then there is no month to wait for.
                await asyncio.wait({month, working}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
                if not month.done():
                    month.cancel()
                    raise MailerError(f"the demo did not come to its end; look into {folder}")
                tell(month.result())
                if not once:
                    say("The daemon goes on; Ctrl-C ends it.")
                    await working
            finally:
                sender.stop()
                await working


async def _first_month(opened: App, say: Say) -> DistributionReport:
    name, secretary = IssueName.parse(ISSUE), replace(opened.context, who="secretary")

    async def reached(*states: MailingState) -> Progress:
        while True:
            try:
                found = await asyncio.to_thread(issue_progress, opened.context, name)
            except MailerError:  # not pulled or planned yet
                found = None
            if found is not None and found.state in states:
                return found
            await asyncio.sleep(LOOK)

    planned = await reached(MailingState.PLANNED)
    say(f"The daemon pulled {name} and planned it: {planned.copies} copies. A test mailing goes to the editor.")
    await _tested(opened, name)
    await asyncio.to_thread(approve_mailing, secretary, name)
    begun = await asyncio.to_thread(send_mailing, secretary, name)
    say(f"The secretary approved and sent it: {begun.copies} copies, the first after the time to undo it.")
    await reached(MailingState.CLOSED)
    return await asyncio.to_thread(distribution_report, opened.context, name)


async def _tested(opened: App, name: IssueName) -> None:
    while True:
        if await asyncio.to_thread(was_tested, opened.context, name):
            return
        await asyncio.sleep(LOOK)


def _settle_down(folder: Path, *, port: int, minutes: float) -> None:
    """Point the installation at the capturing server, and shorten its times."""
    _rewrite(
        folder / "config.toml",
        {"port": str(port), "security": '"none"', "retry_minutes": str(minutes)},
    )
    _rewrite(folder / "schedules" / "russia-confidential.toml", {"undo_minutes": str(minutes)})


def _rewrite(file: Path, values: dict[str, str]) -> None:
    lines = file.read_text().splitlines()
    for key, value in values.items():
        places = [number for number, line in enumerate(lines) if line.split("=")[0].strip() == key]
        assert len(places) == 1, f"{key} stands once in {file}"
        lines[places[0]] = f"{key} = {value}"
    file.write_text("\n".join(lines) + "\n")


def _import_register(opened: App, folder: Path) -> None:
    context = opened.context
    import_export.import_register(
        context.store,
        members_table=files.read_members("members.csv", (folder / "members.csv").read_bytes()),
        payments_table=files.read_payments("payments.csv", (folder / "payments.csv").read_bytes()),
        end_missing=None,
        skip_bad=False,
        who="secretary",
        now=context.clock.now(),
    )
