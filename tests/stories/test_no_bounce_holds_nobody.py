"""A thousand mails that are no bounces arrive at valid return paths and change nothing."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.app.installation import App
from mailer.domain.bounce import RawReport, ReportKind, Way
from mailer.pipeline.bounces import holds, ingest
from tests import nonbounces
from tests.club import THURSDAY, Club, begin, copies, members, states
from tests.doubles import FrozenClock
from tests.photographed import photograph
from tests.pipeline.relayed import deliver
from tests.reported import DOMAIN, path_of

BATCH = 250
COPIES = 100


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """An issue sent to a hundred people."""
    club = Club.found(tmp_path)
    club.settle(bounces={"return_path_domain": DOMAIN}, notify={"operator": "operator@club.example"})
    with club.opened(FrozenClock(THURSDAY)) as opened:
        begin(opened, members(COPIES))
        deliver(opened)
        yield opened


@pytest.mark.parametrize("way", [Way.LISTENER, Way.IMAP])
def test_what_is_no_bounce_changes_nothing_at_a_true_return_path(app: App, way: Way) -> None:
    paths = [path_of(app, copy) for copy in copies(app).values()]
    mails = []
    for number, one in enumerate(nonbounces.thousand()):
        path = paths[number % COPIES]
        # Without an envelope, the server that stored the mail has noted its recipient.
        content = one.raw if way is Way.LISTENER else f"Delivered-To: {path}\n".encode() + one.raw
        mails.append(RawReport(content=content, recipient=path if way is Way.LISTENER else "", way=way))
    assert len(mails) == 1000
    before = photograph(app)
    for at in range(0, len(mails), BATCH):
        ingest.ingest(app.context, mails[at : at + BATCH])
    assert photograph(app) == before
    assert states(app) == {"accepted": COPIES}
    assert holds.listing(app.context) == []
    found = ingest.listing(app.context, every=True)
    assert not {one.kind for one in found} & {
        ReportKind.BOUNCE,
        ReportKind.COMPLAINT,
        ReportKind.DELAYED,
        ReportKind.DELIVERED,
    }
    named = [one for one in found if one.delivery is not None]
    assert len(named) == len(found)  # each is still matched to its copy
