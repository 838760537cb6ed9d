"""The ledger ends the same in whatever order reports come, some of them twice, alone or together.

Order matters only where two reports contradict each other: of two bounces of a copy the last one gives the reason, and
of two unsubscribes by one person the first gives the date. Held, paused and bounced they are in any order.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.app.installation import App
from mailer.domain.bounce import RawReport, Way
from mailer.domain.delivery import Delivery
from mailer.formats.return_path import return_path, unsubscribe_address
from mailer.pipeline.bounces import holds, ingest
from mailer.pipeline.context import IssueName
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.deliveries import list_deliveries
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from tests.club import ISSUE, LETTER, THURSDAY, Club, begin, members, pull_issues
from tests.doubles import FrozenClock
from tests.photographed import photograph
from tests.pipeline.relayed import deliver
from tests.reported import DOMAIN, FULL, SILENT, UNKNOWN, UNSIGNED, bounce, complaint, letter

SECOND = IssueName(newsletter=LETTER, serial=42)
PEOPLE = 40
EXAMPLES = 20
ABSENCE = "From: {sender}\nTo: {to}\nSubject: Out of office\nAuto-Submitted: auto-replied\n\nI am away until Monday.\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Club:
    """Two issues sent to forty people; each example gets a copy of the folder."""
    club = Club.found(tmp_path_factory.mktemp("made"))
    club.settle(bounces={"return_path_domain": DOMAIN}, notify={"operator": "operator@club.example"})
    clock = FrozenClock(THURSDAY)
    with club.opened(clock) as app:
        begin(app, members(PEOPLE))
        deliver(app)
        club.write_issue(serial=42, number=8)
        pull_issues(app)
        plan_mailing(app.context, SECOND)
        approve_mailing(app.context, SECOND)
        send_mailing(app.context, SECOND)
        deliver(app)
    return club


@contextmanager
def a_club(made: Club) -> Iterator[App]:
    with TemporaryDirectory() as folder:
        club = made.copied(Path(folder) / "club")
        with club.opened(FrozenClock(THURSDAY)) as app:
            yield app


class Reports:
    """The reports about the two issues."""

    def __init__(self, app: App) -> None:
        self.keys = app.context.keys
        self.copies = {
            (number, one.person): one
            for number, issue in enumerate((ISSUE, SECOND), start=1)
            for one in list_deliveries(app.context, issue, None)
        }

    def bounced(self, issue: int, person: str, why, **more: str) -> RawReport:
        copy, path = self._of(issue, person)
        return self._mail(path, bounce(path, copy.address, why, message_id=copy.message_id, **more))

    def complained(self, issue: int, person: str, kind: str = "abuse") -> RawReport:
        copy, path = self._of(issue, person)
        return self._mail(path, complaint(path, copy.address, kind))

    def away(self, issue: int, person: str) -> RawReport:
        copy, path = self._of(issue, person)
        return self._mail(path, ABSENCE.format(sender=copy.address, to=path).encode())

    def stops(self, issue: int, person: str) -> RawReport:
        copy, _ = self._of(issue, person)
        path = unsubscribe_address(self.keys, copy.id, DOMAIN)
        return self._mail(path, letter(path, "Please no more.", sender=copy.address))

    def _of(self, issue: int, person: str) -> tuple[Delivery, str]:
        copy = self.copies[issue, person]
        return copy, return_path(self.keys, copy.id, DOMAIN)

    def _mail(self, path: str, content: bytes) -> RawReport:
        return RawReport(content=content, recipient=path, way=Way.LISTENER)

    def all(self) -> list[RawReport]:
        dead = [self.bounced(issue, person, UNKNOWN) for person in ("P001", "P002") for issue in (1, 2)]
        return [
            *dead,  # both addresses are held
            self.bounced(1, "P003", UNKNOWN),  # one failure alone holds no address
            self.bounced(2, "P003", FULL),
            self.bounced(1, "P004", SILENT, action="delayed"),
            self.bounced(1, "P004", SILENT),
            self.bounced(2, "P005", UNSIGNED),  # for the operator
            self.complained(1, "P006"),
            self.bounced(1, "P006", FULL),
            self.complained(2, "P007", "auth-failure"),
            self.stops(1, "P008"),
            self.bounced(2, "P008", UNKNOWN),
            self.away(1, "P001"),
            self.away(2, "P009"),
        ]

    def too_many(self) -> list[RawReport]:
        """Enough dead addresses in the second issue to pause it; two of them would otherwise be held."""
        dead = [self.bounced(2, f"P{number:03}", UNKNOWN) for number in range(11, 17)]
        return [*dead, self.bounced(1, "P011", UNKNOWN), self.bounced(1, "P012", UNKNOWN)]


def stands(app: App) -> dict[str, object]:
    """The consequences of the reports, whatever their order and numbers."""
    seen = photograph(app, without=())
    return {
        "copies": [
            (one.id, one.state, one.held_reason)
            for issue in (ISSUE, SECOND)
            for one in list_deliveries(app.context, issue, None)
        ],
        "failures": seen["failures"],
        "holds": sorted(
            (one.address, one.reason, sorted(failure.issue for failure in one.evidence))
            for one, _ in holds.listing(app.context)
        ),
        "pauses": sorted(row[1:] for row in seen["own_pauses"]),
        "told": sorted({row[2].rpartition(" 2018")[0] or row[2] for row in seen["letters"]}),
        "kept": sorted((one.kind, one.reason, one.delivery) for one in ingest.listing(app.context, every=True)),
        "to see to": sorted((one.delivery, one.matter) for one in ingest.listing(app.context, every=False)),
    }


SETS = (Reports.all, Reports.too_many)


@pytest.fixture(scope="module")
def ends(made: Club) -> list[tuple[list[RawReport], dict[str, object]]]:
    """Each set of reports, with its consequences when all are taken in at once."""
    found = []
    for which in SETS:
        with a_club(made) as app:
            mails = which(Reports(app))
            ingest.ingest(app.context, mails)
            found.append((mails, stands(app)))
    return found


@given(data=st.data())
@settings(max_examples=EXAMPLES)
def test_in_any_order_and_twice_the_end_is_the_same(made: Club, ends, data: st.DataObject) -> None:
    mails, expected = data.draw(st.sampled_from(ends), label="which")
    again = data.draw(st.lists(st.sampled_from(range(len(mails))), max_size=8), label="twice")
    order = data.draw(st.permutations([*range(len(mails)), *again]), label="order")
    size = data.draw(st.integers(1, len(order)), label="together")
    with a_club(made) as app:
        new = [
            one.id is not None
            for at in range(0, len(order), size)
            for one in ingest.ingest(app.context, [mails[number] for number in order[at : at + size]])
        ]
        assert sum(new) == len(mails)
        assert stands(app) == expected
        assert ingest.read_again(app.context) == (len(mails), 0)
        assert stands(app) == expected


def test_the_end_is_what_it_should_be(made: Club) -> None:
    with a_club(made) as app:
        reports = Reports(app)
        ingest.ingest(app.context, reports.all())
        found = stands(app)
        assert [(address[:7], str(reason)) for address, reason, _ in found["holds"]] == [
            ("desk001", "address"),
            ("desk002", "address"),
            ("desk006", "complaint"),
        ]
        assert [row[0] for row in found["pauses"]] == ["P008"]
        assert len(found["failures"]) == 10
    with a_club(made) as app:
        ingest.ingest(app.context, Reports(app).too_many())
        found = stands(app)
        assert (found["holds"], found["told"]) == ([], [f"{SECOND} breaker"])


@pytest.mark.parametrize(("order", "reason"), [((0, 1), "mailbox_full"), ((1, 0), "user_unknown")])
def test_of_two_bounces_of_a_copy_the_last_one_says_why(made: Club, order, reason: str) -> None:
    with a_club(made) as app:
        reports = Reports(app)
        mails = [reports.bounced(1, "P001", UNKNOWN), reports.bounced(1, "P001", FULL)]
        ingest.ingest(app.context, [mails[number] for number in order])
        [failure] = stands(app)["failures"]
        assert reason in failure


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (0, 2, 1)])
def test_a_complaint_says_why_an_address_is_held_whenever_it_came(made: Club, order) -> None:
    with a_club(made) as app:
        reports = Reports(app)
        mails = [*(reports.bounced(issue, "P001", UNKNOWN) for issue in (1, 2)), reports.complained(1, "P001")]
        for number in order:
            ingest.ingest(app.context, [mails[number]])
        assert [hold.reason for hold, _ in holds.listing(app.context)] == ["complaint"]
