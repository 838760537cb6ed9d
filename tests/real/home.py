"""A club whose copies leave by a real post office, and the ways by which bounces come back to it."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import func, select

from mailer.app.installation import App
from mailer.domain.delivery import Delivery
from mailer.gateways.clock import SystemClock
from mailer.pipeline.bounces import holds, ingest
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.deliveries import list_deliveries
from mailer.pipeline.mailings.report import issue_progress
from mailer.store import reports
from mailer.store.copies.rows import of_issue
from mailer.store.schema import deliveries, letters, raw_reports
from tests.certificates import an_authority
from tests.club import ISSUE, LETTER, Club, members
from tests.dovecot import PASSWORD, Dovecot
from tests.dovecot import running as a_dovecot
from tests.real.post_office import DOMAIN, PostOffice, post_office
from tests.servers import PATIENCE, free_port, wait_until

NEXT = IssueName(newsletter=LETTER, serial=42)
THIRD = IssueName(newsletter=LETTER, serial=43)
PEOPLE = members(1000)
# The numbers of those to whom nothing gets, and why.
UNKNOWN, FULL, SPAM = (range(first, first + 20) for first in (101, 401, 701))
REASONS = {"user_unknown": UNKNOWN, "mailbox_full": FULL, "content": SPAM}
NEVER = {"send": {"cron": "0 10 1 1 *"}}  # a person sends it long before that


def addresses(numbers: range) -> set[str]:
    return {one.email for one in PEOPLE if one.number in numbers}


ALL_BUT_UNKNOWN = {one.email for one in PEOPLE} - addresses(UNKNOWN)
POST = {"known": ALL_BUT_UNKNOWN, "full": addresses(FULL), "spam": addresses(SPAM)}


@dataclass(frozen=True, kw_only=True)
class Home:
    """A club whose copies leave by a real post office, and the way in for what comes back."""

    club: Club
    office: PostOffice
    bounces: Mapping[str, object]
    dovecot: Dovecot | None = None
    maildir: Path | None = None

    @contextmanager
    def opened(self, **smtp: object) -> Iterator[App]:
        """The installation, by the real time."""
        self.club.settle(
            smtp={"port": self.office.port, "connections": 2, **smtp},
            bounces={"return_path_domain": DOMAIN, **self.bounces},
            notify={"operator": "operator@desk.example"},
        )
        with self.club.opened(SystemClock()) as app:
            yield app

    @contextmanager
    def started(self, *words: str) -> Iterator["Process"]:
        """A command in a process of its own; SIGKILL at the end, if need be."""
        said = self.club.folder / f"said-{len(list(self.club.folder.glob('said-*')))}"
        command = [sys.executable, "-m", "mailer", "--config", str(self.club.config), *words]
        with said.open("wb") as stderr, subprocess.Popen(command, stdout=stderr, stderr=stderr) as process:
            try:
                yield Process(process, said)
            finally:
                process.kill()

    @contextmanager
    def daemon(self) -> Iterator["Process"]:
        """The real daemon; told to stop at the end, and it does."""
        with self.started("daemon") as process:
            yield process
            assert process.end(signal.SIGTERM) == 0, process.words()
            assert "Traceback" not in process.words()

    def says(self, *words: str) -> object:
        """The JSON document of a command in a process of its own."""
        command = [sys.executable, "-m", "mailer", "--config", str(self.club.config), "--json", "--yes", *words]
        said = subprocess.run(command, capture_output=True, check=False, timeout=PATIENCE * 3)
        assert said.returncode == 0, said.stderr.decode()
        return json.loads(said.stdout)


@dataclass(frozen=True)
class Process:
    """A command that runs, and the file with what it says."""

    process: subprocess.Popen[bytes]
    said: Path

    def end(self, how: int) -> int:
        """Send it this signal; returns its exit status."""
        self.process.send_signal(how)
        return self.process.wait(PATIENCE * 2)

    def words(self) -> str:
        return self.said.read_text()


@contextmanager
def forwarded(folder: Path, **post: object) -> Iterator[Home]:
    """The relay forwards the return-path domain to the daemon's listener."""
    port = free_port()
    with post_office(listener=port, **post) as office:
        club = Club.found(folder / "club", NEVER)
        yield Home(club=club, office=office, bounces={"listen": f"127.0.0.1:{port}"})


@contextmanager
def fetched(folder: Path, **post: object) -> Iterator[Home]:
    """The relay puts all of the return-path domain into one mailbox, which the daemon fetches from by IMAP."""
    authority = an_authority(folder)
    with ExitStack() as stack:
        dovecot = stack.enter_context(a_dovecot(authority))
        office = stack.enter_context(post_office(maildir=dovecot.inbox(), **post))
        club = Club.found(folder / "club", NEVER)
        password = club.folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o600)
        given = {
            "imap_url": dovecot.url,
            "imap_password_file": "password",
            "imap_ca_file": str(authority.ca_file),
            "every": "1 s",
        }
        yield Home(club=club, office=office, bounces=given, dovecot=dovecot, maildir=dovecot.inbox())


@contextmanager
def kept_in_a_maildir(folder: Path, **post: object) -> Iterator[Home]:
    """The relay puts all of the return-path domain into a Maildir, and nobody looks there by himself."""
    with TemporaryDirectory(prefix="club-mailer-mail-") as name:
        os.chown(name, 65534, 65534)  # Postfix delivers as nobody
        maildir = Path(name, "bounces")
        with post_office(maildir=maildir, **post) as office:
            yield Home(club=Club.found(folder / "club", NEVER), office=office, bounces={}, maildir=maildir)


def copies(app: App, issue: IssueName = ISSUE) -> dict[str, Delivery]:
    """The issue's copies by address."""
    return {one.address: one for one in list_deliveries(app.context, issue, None)}


def states(app: App, issue: IssueName = ISSUE) -> Counter[str]:
    query = select(deliveries.c.state, func.count()).where(of_issue(issue.newsletter, issue.serial))
    with app.store.reading() as connection:
        return Counter({str(state): number for state, number in connection.execute(query.group_by(deliveries.c.state))})


def reported(app: App, issue: IssueName = ISSUE) -> list[reports.Report]:
    return ingest.listing(app.context, every=True, issue=str(issue))


def raw(app: App) -> int:
    """How many mails are kept."""
    with app.store.reading() as connection:
        return connection.execute(select(func.count()).select_from(raw_reports)).scalar_one()


def alarms(app: App) -> set[tuple[str, str]]:
    """What the operator is told: about which issue, and what the matter was."""
    with app.store.reading() as connection:
        found = connection.execute(select(letters.c.about).where(letters.c.kind == "alarm")).scalars()
        return {(issue.partition("#")[0], what) for issue, what, *_ in (about.split() for about in found)}


def held(app: App) -> set[str]:
    return {one.address for one, _ in holds.listing(app.context)}


def comes_to(met: Callable[[], object], wanted: object) -> None:
    """Afterwards it is so; waits on for as long as something changes."""
    now = met()
    while now != wanted:
        wait_until(lambda now=now: met() != now, f"it does not come from {now} to {wanted}")
        now = met()


def standing(app: App, issue: IssueName) -> str:
    return issue_progress(app.context, issue).state
