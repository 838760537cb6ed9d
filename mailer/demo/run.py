"""Runs the demo: the daemon with its console, and the club's first issue from the pull to the report."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

from mailer.app.installation import App, open_app
from mailer.app.sender import open_sender
from mailer.daemon import Daemon, Pace
from mailer.demo import console
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
from mailer.web.server import serve_beside

ISSUE, NEXT_ISSUE = "russia-confidential/320", "russia-confidential/321"
# Minutes between "send" and the first message, and before a retry; FAST is for tests.
NORMAL, FAST = 0.1, 0.02
PACE = Pace(tick=0.2, idle=0.1, stop_within=10)
POLL_SECONDS = 0.1
# The demo's eighteen copies need a few seconds; after this time something is wrong.
TIMEOUT_SECONDS = 120

Say = Callable[[str], None]


def prepare(folder: Path | None) -> Path:
    """Create the club's installation in a new folder and return the folder; it has no relay yet."""
    if folder is None:
        folder = Path(tempfile.mkdtemp(prefix="club-mailer-demo-"))
    elif folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty: name a new folder for the demo")
    elif folder.exists():
        folder.chmod(0o700)
    folder = folder.absolute()  # the commands that it prints work from anywhere
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
    """Pull, plan, test, approve and send the demo issue and `tell` the report; then wait for Ctrl-C unless `once`."""
    async with CapturingServer(folder / "mail", refusal=refusal) as relay:
        _configure(folder, port=relay.port, minutes=FAST if fast else NORMAL)
        app = open_app(folder / "config.toml", who="daemon")
        _import_register(app, folder)
        users = console.add_users(app)
        say(f"The club is in {folder}; its relay listens on 127.0.0.1:{relay.port} and stores every message.")
        with closing(app.store), open_sender(app) as (sender, owner):
            daemon = asyncio.create_task(
                Daemon(app=app, sender=sender, owner=owner, pace=PACE, beside=serve_beside).run()
            )
            try:
                month = asyncio.create_task(_first_month(app, folder, say))
                # The daemon ends early on Ctrl-C or after an error: then the month is not completed.
                await asyncio.wait({month, daemon}, timeout=TIMEOUT_SECONDS, return_when=asyncio.FIRST_COMPLETED)
                if not month.done():
                    month.cancel()
                    raise MailerError(f"the demo did not finish; see {folder}")
                tell(month.result())
                say("")
                say(f"The console is at {app.config.web.address}; each name with its password:")
                for user in users:
                    say(f"  {user.name}: {user.password}")
                if not once:
                    say("The daemon is running; Ctrl-C stops it.")
                    await daemon
            finally:
                sender.stop()
                await daemon


async def _first_month(app: App, folder: Path, say: Say) -> DistributionReport:
    name, secretary = IssueName.parse(ISSUE), replace(app.context, who="secretary")

    async def wait_for(name: IssueName, state: MailingState) -> Progress:
        while True:
            with suppress(MailerError):  # not pulled or planned yet
                progress = await asyncio.to_thread(issue_progress, app.context, name)
                if progress.state is state:
                    return progress
            await asyncio.sleep(POLL_SECONDS)

    planned = await wait_for(name, MailingState.PLANNED)
    say(f"The daemon pulled {name} and planned it: {planned.copies} copies. A test mailing goes to the editor.")
    await _wait_for_test(app, name)
    await asyncio.to_thread(approve_mailing, secretary, name)
    sending = await asyncio.to_thread(send_mailing, secretary, name)
    say(f"The secretary approved and sent it: {sending.copies} copies, the first after the time to undo it.")
    await wait_for(name, MailingState.CLOSED)
    report = await asyncio.to_thread(distribution_report, app.context, name)
    await asyncio.to_thread(console.return_a_copy, app, name, folder)
    await asyncio.to_thread(console.pull_next_issue, app, folder)
    await wait_for(IssueName.parse(NEXT_ISSUE), MailingState.PLANNED)
    await _wait_for_test(app, IssueName.parse(NEXT_ISSUE))
    say(f"Then one of the copies came back, and {NEXT_ISSUE} was pulled; it waits for the secretary's approval.")
    return report


async def _wait_for_test(app: App, name: IssueName) -> None:
    while not await asyncio.to_thread(was_tested, app.context, name):  # noqa: ASYNC110 (the database sends no events)
        await asyncio.sleep(POLL_SECONDS)


def _configure(folder: Path, *, port: int, minutes: float) -> None:
    """Name the capturing server as the relay, set the console up, and shorten the waiting times."""
    config = folder / "config.toml"
    _rewrite(config, {"port": str(port), "security": '"none"', "retry_minutes": str(minutes)})
    _rewrite(config, console.settings(), table="[web]")
    _rewrite(folder / "schedules" / "russia-confidential.toml", {"undo_minutes": str(minutes)})


def _rewrite(file: Path, values: dict[str, str], *, table: str = "") -> None:
    """Set each of these keys, which the file has once (from the head of the `table` on)."""
    lines = file.read_text().splitlines()
    first = lines.index(table) if table else 0
    for key, value in values.items():
        positions = [
            number for number, line in enumerate(lines) if number >= first and line.split("=")[0].strip() == key
        ]
        assert len(positions) == 1, f"{key} is in {file} exactly once"
        lines[positions[0]] = f"{key} = {value}"
    file.write_text("\n".join(lines) + "\n")


def _import_register(app: App, folder: Path) -> None:
    import_export.import_register(
        replace(app.context, who="secretary"),
        members_table=files.read_members("members.csv", (folder / "members.csv").read_bytes()),
        payments_table=files.read_payments("payments.csv", (folder / "payments.csv").read_bytes()),
        end_missing=None,
        skip_bad=False,
    )
