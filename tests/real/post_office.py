"""Two real Postfixes: the club's relay, which takes every copy and writes the bounces, and the members' own mail server."""

import re
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.postfix import Postfix, installed
from tests.real.doors import Doors
from tests.servers import free_port, wait_until

DOMAIN = "bounces.club.example"
# Where servers write to that send their reports to the wrong place.
OFFICE = "office.club.example"
# Its server takes no content of ours.
STRICT = "strict.example"

DOOR = """\
smtp unix - - n - - smtp
127.0.0.1:{port} inet n - n - - smtpd
  -o syslog_name={name}
"""
LOG = """
maillog_file = {{folder}}/maillog
maillog_file_prefixes = {{folder}}
smtpd_error_sleep_time = 0
smtpd_hard_error_limit = 10000
"""
# Dots and all that is returned come again within a second or two, whatever went wrong.
RELAY = """
transport_maps = inline:{{{{ {routes} }}}}
virtual_mailbox_domains = {maildir_domains}
virtual_mailbox_maps = static:{maildir}/
virtual_mailbox_base = {base}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
"""
MEMBERS = """
myhostname = mx.members.example
virtual_mailbox_domains = members.example
virtual_mailbox_maps = texthash:{{folder}}/conf/people
virtual_transport = discard
relay_domains = {strict}
header_checks = regexp:{{folder}}/conf/unwanted
smtpd_recipient_restrictions = check_recipient_access texthash:{{folder}}/conf/quota, permit_mynetworks, reject
smtpd_end_of_data_restrictions = check_recipient_access texthash:{{folder}}/conf/unsigned
"""
QUOTA = "552 5.2.2 The mailbox is full, its quota is exceeded"
UNWANTED = "REJECT 5.7.1 This content is not wanted here"
UNSIGNED = "550 5.7.26 This mail has been blocked because the sender is unauthenticated: SPF and DKIM did not pass"


class Fate(NamedTuple):
    """What became of a mail at the relay, by its log: `sent` or `bounced`, and the status that the next server gave."""

    end: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostOffice:
    """The two of them, running. `port` is the relay's."""

    relay: Postfix
    members: Postfix
    port: int
    their_port: int

    def wait_until_empty(self) -> None:
        """Afterwards nothing waits at the relay, and each bounce has been taken or thrown away."""
        left = self.waiting()
        while left:
            wait_until(lambda left=left: self.waiting() < left, "the relay does not get rid of what it took")
            left = self.waiting()

    def waiting(self) -> int:
        """How many mails the relay has."""
        folders = [self.relay.folder / "queue" / part for part in ("maildrop", "incoming", "active", "deferred")]
        return sum(one.is_file() for folder in folders for one in folder.rglob("*"))

    def fates(self, domain: str = "members.example") -> dict[str, list[Fate]]:
        """What became of each mail to the domain in the end, by recipient; sorted."""
        log = Doors(postfix=self.relay, ports={}).log()
        ends = re.findall(rf" to=<([^>]*@{domain})>,.* dsn=([\d.]+), status=(sent|bounced)", log)
        found: dict[str, list[Fate]] = {}
        for to, status, end in ends:
            found.setdefault(to, []).append(Fate(end, status))
        return {to: sorted(fates) for to, fates in found.items()}

    def delivered(self) -> list[str]:
        """Whom the members' server delivered to, by its own log; one who got two is there twice."""
        return [one.recipient for one in Doors(postfix=self.members, ports={}).taken("members")]


@contextmanager
def post_office(
    *,
    listener: int = 0,
    maildir: Path | None = None,
    known: Collection[str] = (),
    full: Collection[str] = (),
    spam: Collection[str] = (),
) -> Iterator[PostOffice]:
    """A relay that gives the return-path domain's mail to the listener, else to the Maildir; ended afterwards.

    The members' server knows no others than the `known`; of these some have `full` mailboxes, and it refuses the
    content of mails to the `spam` ones after DATA.
    """
    port, theirs = free_port(), free_port()
    there = dict.fromkeys(("members.example", STRICT), theirs)
    routes = there | ({DOMAIN: listener} if maildir is None else {})
    home = maildir or Path("/nowhere/nothing")
    relay = RELAY.format(
        routes=" ".join(f"{{{{ {domain} = smtp:[127.0.0.1]:{at} }}}}" for domain, at in routes.items()),
        maildir_domains="" if maildir is None else f"{DOMAIN} {OFFICE}",
        maildir=home.name,
        base=home.parent,
    )
    with ExitStack() as stack:
        ours = stack.enter_context(installed(DOOR.format(port=port, name="relay"), LOG.format() + relay))
        members = stack.enter_context(
            installed(DOOR.format(port=theirs, name="members"), LOG.format() + MEMBERS.format(strict=STRICT))
        )
        settings = members.settings
        _table(settings / "people", [f"{one} known" for one in known])
        _table(settings / "quota", [f"{one} {QUOTA}" for one in full])
        _table(settings / "unwanted", [f"/^To: .*<{re.escape(one)}>/ {UNWANTED}" for one in spam])
        _table(settings / "unsigned", [f"{STRICT} {UNSIGNED}"])
        doors = Doors(postfix=members, ports={"members": theirs}), Doors(postfix=ours, ports={"relay": port})
        for one in doors:
            one.open()
        yield PostOffice(relay=ours, members=members, port=port, their_port=theirs)


def _table(file: Path, lines: list[str]) -> None:
    file.write_text("\n".join([*lines, ""]))
