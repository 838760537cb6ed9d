"""What costs an issue is named when it is checked in its folder, when it is pulled, and when it is checked on the shelf."""

from mailer.app.installation import App, reload
from mailer.domain.shelf import Finding
from mailer.pipeline.issues import shelf
from tests.club import ISSUE, LETTER, Club, pull_issues

MORE = """
See <https://mill.example/report> on the Мaria.

| Responsibility | Intermediary | Novorossiysk | Kazakhstan | Insurance |
|---|---|---|---|---|
| 1 | 2 | 3 | 4 | 5 |
"""
LINES = (
    "'Мaria' has Cyrillic letters among Latin ones, М; type the word again",
    "the link's words are its address, https://mill.example/report; write [what it leads to](address)",
    "the table is at least 376 pixels wide, and a phone shows 328; leave a column out, or shorten the longest words",
)


def with_title(club: Club, title: str) -> None:
    file = club.folder / "issues" / "2018-07" / "en.md"
    lines = [f"title: {title}" if line.startswith("title:") else line for line in file.read_text().splitlines()]
    file.write_text("\n".join(lines))


def test_the_pull_and_the_check_of_an_issue_name_the_same(app: App, club: Club) -> None:
    club.write_issue(more=MORE)
    with_title(club, "Who mends the mill?")
    [pulled] = pull_issues(app)
    assert pulled.finding is Finding.STORED
    found = [line.partition("en.md: line ")[2].partition(": ")[2] for line in pulled.warnings]
    assert found[0].startswith("title: it ends in '?', which mail filters count against a subject")
    assert tuple(found[1:]) == LINES
    checked = shelf.check(app.context, ISSUE)
    assert {f"2018-07: {line}" for line in checked} >= set(pulled.warnings)


def test_the_subject_is_measured_as_the_newsletter_makes_it(app: App, club: Club) -> None:
    with_title(club, "M" + "i" * 90)
    [pulled] = pull_issues(app)
    remedy = "shorten the title, or write another `subject`"
    line = f"en.md: line 10: the subject made of the title has 102 characters, more than 100; {remedy}"
    assert pulled.warnings == (f"2018-07: {line}",)
    assert line in shelf.check(app.context, ISSUE)


def test_a_short_pattern_of_the_newsletter_spares_a_long_title(app: App, club: Club) -> None:
    club.reschedule({"newsletter": {"subject": "{title}"}})
    app = reload(app)
    assert app.context.newsletter(LETTER).subject == "{title}"
    with_title(club, "M" + "i" * 98)
    assert pull_issues(app)[0].warnings == ()
