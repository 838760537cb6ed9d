"""Made-up bounces in the layouts of a hundred servers: who failed, and whether for good, whatever the layout."""

import pytest

from mailer.domain.bounce import ReportKind
from mailer.formats.report import parse
from tests.made_up_bounces import LAYOUTS, PATH, REFUSALS, WHO, bounce


def test_there_are_many():
    assert len(LAYOUTS) >= 100
    assert len(REFUSALS) >= 15


@pytest.mark.parametrize(
    "path", [PATH, "", "Return-Path: <MAILER-DAEMON@mx.relay.example>\n"], ids=["null", "none", "daemon"]
)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_layout(layout, path):
    for refusal in REFUSALS:
        made = bounce(layout, refusal)
        reports = parse(made.raw.replace(PATH.encode(), path.encode(), 1))
        seen = [(one.kind, one.recipient, one.hard) for one in reports]
        assert seen == [(ReportKind.BOUNCE, WHO, made.hard)], (refusal, reports)
