"""Made-up bounces in the layouts of a hundred servers: the recipient and whether the failure is permanent are read."""

import pytest

from mailer.domain.bounce import ReportKind
from mailer.formats.report import parse
from tests.made_up_bounces import LAYOUTS, PATH, RECIPIENT, REFUSALS, bounce


def test_there_are_many():
    assert len(LAYOUTS) >= 100
    assert len(REFUSALS) >= 15


@pytest.mark.parametrize(
    "path", [PATH, "", "Return-Path: <MAILER-DAEMON@mx.relay.example>\n"], ids=["null", "none", "daemon"]
)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout(layout, path):
    for refusal in REFUSALS:
        mail = bounce(layout, refusal)
        reports = parse(mail.raw.replace(PATH.encode(), path.encode(), 1))
        seen = [(report.kind, report.recipient, report.hard) for report in reports]
        assert seen == [(ReportKind.BOUNCE, RECIPIENT, mail.hard)], (refusal, reports)
