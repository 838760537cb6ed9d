"""An issue has a name that people type, and a text for each of its languages."""

from datetime import date

import pytest

from mailer.domain.issue import Issue, IssueText, Status

NUMBERING = {
    "newsletter": "bulletin",
    "number": 3,
    "serial": 253,
    "volume": 17,
    "year": 2018,
    "date": date(2018, 7, 12),
}


def test_an_issue_gives_its_texts_by_language():
    texts = tuple(IssueText(language=one, status=Status.FINISHED, title=one, **NUMBERING) for one in ("ru", "en"))
    issue = Issue(content_hash="", texts=texts, **NUMBERING)
    assert issue.name == "bulletin/253"
    assert issue.languages == ("ru", "en")
    assert issue.text("en") is texts[1]
    with pytest.raises(KeyError):
        issue.text("de")
