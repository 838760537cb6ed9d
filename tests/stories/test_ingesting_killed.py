"""Killed again and again while two hundred reports are taken in: in the end each is stored once and counts once."""

import json
import subprocess
import sys
from pathlib import Path

from mailer.app import inbound
from mailer.app.installation import App
from mailer.domain.matter import Matter
from mailer.formats.return_path import return_path, unsubscribe_address
from mailer.pipeline.bounces import fetch, holds, ingest
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.deliveries import list_deliveries
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from tests.club import ISSUE, LETTER, THURSDAY, Club, begin, members, pull_issues
from tests.doubles import FrozenClock
from tests.formats.mutations import Chance
from tests.photographed import photograph
from tests.pipeline.relayed import deliver
from tests.reported import DOMAIN, FULL, UNKNOWN, bounce, complaint, letter

SECOND = IssueName(newsletter=LETTER, serial=42)
PEOPLE = 100
KILLS = 45
# Tables numbered in the order of arrival, which differs when a run was cut short.
NUMBERED = {"raw_reports", "reports", "counted_reports", "holds", "own_pauses", "history", "letters"}


def two_issues(folder: Path) -> Club:
    """Two issues sent to a hundred people, with a report about each copy in the Maildir."""
    club = Club.found(folder)
    club.settle(bounces={"return_path_domain": DOMAIN, "maildir": "back"})
    with club.opened(FrozenClock(THURSDAY)) as app:
        begin(app, members(PEOPLE))
        deliver(app)
        club.write_issue(serial=42, number=8)
        pull_issues(app)
        plan_mailing(app.context, SECOND)
        approve_mailing(app.context, SECOND)
        send_mailing(app.context, SECOND)
        deliver(app)
        write_reports(app, club.folder / "back")
    return club


def write_reports(app: App, maildir: Path) -> None:
    """Four addresses are dead in both issues, most mailboxes are full, some readers complain, unsubscribe, or are away."""
    (maildir / "new").mkdir(parents=True)
    keys, chance = app.context.keys, Chance("they come in any order")
    for name in (ISSUE, SECOND):
        for number, copy in enumerate(list_deliveries(app.context, name, None)):
            path = return_path(keys, copy.id, DOMAIN)
            if number < 4:
                mail = bounce(path, copy.address, UNKNOWN, message_id=copy.message_id)
            elif number < 10:
                mail = complaint(path, copy.address, message_id=copy.message_id)
            elif number < 16:
                mail = letter(unsubscribe_address(keys, copy.id, DOMAIN), "Please no more.", sender=copy.address)
            elif number < 26:
                mail = letter(path, "I am away.", subject="Out of office", sender=copy.address)
                mail = b"Auto-Submitted: auto-replied\n" + mail
            else:
                mail = bounce(path, copy.address, FULL, message_id=copy.message_id)
            (maildir / "new" / f"{chance.below(10**9):09}.{name.serial}.{number}").write_bytes(mail)


def stands(club: Club) -> dict[str, object]:
    with club.opened(FrozenClock(THURSDAY)) as app:
        seen = photograph(app, without={"raw_reports", "reports"})
        kept = ingest.listing(app.context, every=True)
        seen["kept"] = [(one.kind, one.reason, one.delivery, one.matter is not None) for one in kept]
        return {name: sorted((row[name in NUMBERED :] for row in rows), key=repr) for name, rows in seen.items()}


def test_killed_at_every_point_each_report_is_kept_once_and_counts_once(tmp_path: Path) -> None:
    club = two_issues(tmp_path / "killed")
    unharmed = club.copied(tmp_path / "unharmed")
    with unharmed.opened(FrozenClock(THURSDAY)) as app:
        [inbox] = inbound.inboxes(app)
        fetched = fetch.fetch(app.context, inbox)
        assert (fetched.new, fetched.duplicates, fetched.failed) == (2 * PEOPLE, 0, 0)
        assert len(holds.listing(app.context)) == 10
        open_ = [one.matter for one in ingest.listing(app.context, every=False)]
        assert [open_.count(one) for one in (Matter.BOUNCED, Matter.COMPLAINED, Matter.UNSUBSCRIBED)] == [156, 12, 12]

    command = [sys.executable, "-m", "tests.stories.dying_ingest", "--config", str(club.config)]
    (club.folder / "back" / "new").rename(club.folder / "back" / "arriving")
    (club.folder / "back" / "new").mkdir()
    command += [
        "--now",
        THURSDAY.isoformat(),
        "--kills",
        str(KILLS),
        "--arriving",
        str(club.folder / "back" / "arriving"),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["ended"]
    assert told["kills"] > KILLS // 2, told
    assert all(times for point, times in told["by_point"].items() if point != "anywhere"), told

    assert stands(club) == stands(unharmed)
    assert not list((club.folder / "back" / "new").iterdir())
    assert len(list((club.folder / "back" / "cur").iterdir())) == 2 * PEOPLE
    assert not (club.folder / "back" / ".Failed").exists()
