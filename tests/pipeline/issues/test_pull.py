"""What is pulled is kept as it was; what cannot be taken is named with the reason, and the others are taken all the same."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update

from mailer.app.installation import App, reload, spool
from mailer.domain.errors import BadInput, MailerError
from mailer.domain.remedy import Action
from mailer.domain.shelf import Finding, PulledFolder
from mailer.gateways.sources.folder import FolderSource
from mailer.pipeline.issues import pull, shelf
from mailer.pipeline.mailings.approve import withdraw_approval
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from mailer.store import issues
from mailer.store.schema import history, revision_files
from mailer.views.issues import issue_document
from tests.club import ISSUE, LETTER, Club, make_ready, members, pull_issues
from tests.pipeline.relayed import deliver, the_mailings


def one(app: App) -> PulledFolder:
    [found] = pull_issues(app)
    return found


def folder(club: Club) -> Path:
    return club.folder / "issues" / "2018-07"


def revision(app: App) -> issues.Revision:
    return shelf.show(app.context, ISSUE)[0].revision


def told(app: App) -> list[tuple[str, str]]:
    with app.store.transaction() as connection:
        rows = connection.execute(select(history).where(history.c.verb == "pull").order_by(history.c.id)).all()
    return [(row.subject, row.detail) for row in rows]


# --- new, known, edited -----------------------------------------------------------------------------------------------


def test_a_finished_issue_is_stored_with_its_files_and_known_from_then_on(app: App, club: Club) -> None:
    (folder(club) / "notes.txt").write_text("Not for readers.")
    found = one(app)
    assert found == PulledFolder(folder="2018-07", finding=Finding.STORED, issue=str(ISSUE), line="revision 1, en")
    shelved, files = shelf.show(app.context, ISSUE)
    assert (shelved.state, shelved.revision.revision, shelved.revision.folder) == ("pulled", 1, "2018-07")
    assert [(file.name, file.content) for file in files] == [("en.md", (folder(club) / "en.md").read_bytes())]
    assert told(app) == [("harbour-letter/41", "revision 1, en, 2018-07")]
    assert one(app).finding is Finding.KNOWN
    assert len(told(app)) == 1


def test_an_issue_edited_before_its_approval_is_a_further_revision(app: App, club: Club) -> None:
    approve_not_yet(app)
    club.write_issue(more="One more sentence.")
    assert (one(app).finding, revision(app).revision) == (Finding.STORED, 2)
    assert one(app).finding is Finding.KNOWN


def approve_not_yet(app: App) -> None:
    pull_issues(app)
    plan_mailing(app.context, ISSUE)


def test_an_issue_edited_back_is_the_latest_again(app: App, club: Club) -> None:
    pull_issues(app)
    first = revision(app).content_hash
    club.write_issue(more="One more sentence.")
    pull_issues(app)
    club.write_issue()
    assert one(app).finding is Finding.STORED
    assert (revision(app).content_hash, revision(app).revision) == (first, 3)
    assert one(app).finding is Finding.KNOWN


def test_an_issue_edited_after_its_approval_is_refused_until_that_is_withdrawn(app: App, club: Club) -> None:
    make_ready(app, members(1))
    club.write_issue(more="One more sentence.")
    found = one(app)
    assert (found.finding, found.issue) == (Finding.REFUSED, str(ISSUE))
    assert found.line == "harbour-letter/41 is approved with other content: withdraw first"
    assert found.remedies == (Action.WITHDRAW.of(ISSUE),)
    assert revision(app).revision == 1
    withdraw_approval(app.context, ISSUE)
    assert one(app).finding is Finding.STORED


@pytest.mark.parametrize("required", [True, False])
def test_an_issue_that_has_begun_to_go_out_is_never_changed(app: App, club: Club, required: bool) -> None:
    club.reschedule({"approval": {"required": required, "editors": []}})
    app = reload(app)
    make_ready(app, members(2))
    send_mailing(app.context, ISSUE)
    club.write_issue(more="One more sentence.")
    for state, step in (("sending", deliver), ("closed", lambda _app: None)):
        assert one(app).line.startswith(f"harbour-letter/41 is {state} with other content; it has gone out")
        step(app)
    assert the_mailings(app)[0].state == "closed"


def test_without_an_approval_a_plan_may_still_be_edited(app: App, club: Club) -> None:
    club.reschedule({"approval": {"required": False, "editors": []}})
    app = reload(app)
    approve_not_yet(app)
    club.write_issue(more="One more sentence.")
    assert one(app).finding is Finding.STORED


# --- numbering --------------------------------------------------------------------------------------------------------


def test_any_first_number_is_taken_and_the_next_one_follows(app: App, club: Club) -> None:
    pull_issues(app)
    club.write_issue(serial=42, number=8, day="2018-08-09")
    found = pull_issues(app)
    assert [(one.finding, one.warnings) for one in found] == [("known", ()), ("stored", ())]


def test_a_gap_warns(app: App, club: Club) -> None:
    pull_issues(app)
    club.write_issue(serial=44, number=9, day="2018-08-09")
    [_, found] = pull_issues(app)
    assert found.finding is Finding.STORED
    assert found.warnings == (
        "harbour-letter/44: a gap in the numbering: the issue before it is 41",
        "harbour-letter/44: a gap in the numbering of 2018: number 8 was expected",
    )


@pytest.mark.parametrize(
    ("serial", "number", "day", "line"),
    [
        (40, 8, "2018-08-12", "serial 40 steps back behind 41, the last issue; correct `serial`"),
        (
            42,
            6,
            "2018-06-12",
            "number 6 of 2018 repeats or steps back behind 7 of 2018, issue 41; correct `number` or `year`",
        ),
    ],
)
def test_a_step_back_is_refused(app: App, club: Club, serial: int, number: int, day: str, line: str) -> None:
    pull_issues(app)
    club.write_issue(serial=serial, number=number, day=day)
    refused = [one for one in pull_issues(app) if one.finding is Finding.REFUSED]
    [pulled] = refused
    assert pulled.line == f"{line}. If the mistake is in 41 (folder 2018-07): nothing of it was approved or has left"
    assert pulled.remedies == (Action.DROP_ISSUE.of(ISSUE),)


def test_a_repeated_number_is_refused(app: App, club: Club) -> None:
    pull_issues(app)
    club.write_issue(serial=42, number=7)
    text = (folder(club) / "en.md").read_text()
    club.write_issue()
    (club.folder / "issues" / "again").mkdir()
    (club.folder / "issues" / "again" / "en.md").write_text(text)
    found = {one.folder: one for one in pull_issues(app)}
    assert found["again"].line.startswith("number 7 of 2018 repeats or steps back behind 7")
    assert found["2018-07"].finding is Finding.KNOWN


def test_numbers_begin_anew_with_the_year(app: App, club: Club) -> None:
    pull_issues(app)
    club.write_issue(serial=42, number=1, day="2019-01-10")
    assert [(one.folder, one.finding, one.line) for one in pull_issues(app)] == [
        ("2018-07", "known", ""),
        ("2019-01", "stored", "revision 1, en"),
    ]


def test_of_two_folders_with_one_serial_the_first_is_taken(app: App, club: Club) -> None:
    (club.folder / "issues" / "a-copy").mkdir()
    (club.folder / "issues" / "a-copy" / "en.md").write_bytes((folder(club) / "en.md").read_bytes())
    found = {one.folder: one for one in pull_issues(app)}
    assert found["2018-07"].finding is Finding.STORED
    assert found["a-copy"].line == "serial 41 is taken by folder 2018-07; give one of them another number"


def test_what_an_earlier_version_took_stays_known(app: App, club: Club) -> None:
    pull_issues(app)
    change("en.md", "number: 7", "number: 07")(folder(club))
    content = (folder(club) / "en.md").read_bytes()
    with app.store.transaction() as connection:
        connection.execute(update(revision_files).values(content=content))
    assert one(app) == PulledFolder(folder="2018-07", finding=Finding.KNOWN, issue=str(ISSUE))
    change("en.md", "number: 07", "number: 08")(folder(club))
    assert one(app).finding is Finding.REFUSED


# --- what is not taken ------------------------------------------------------------------------------------------------


def change(file: str, before: str, after: str) -> Callable[[Path], None]:
    def apply(issue: Path) -> None:
        (issue / file).write_text((issue / file).read_text().replace(before, after))

    return apply


def test_a_draft_is_left_alone(app: App, club: Club) -> None:
    change("en.md", "status: finished", "status: draft")(folder(club))
    assert one(app) == PulledFolder(folder="2018-07", finding=Finding.DRAFT)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (change("en.md", "title:", "title: [half written"), "en.md"),
        (change("en.md", "---\n", ""), "en.md"),
        (change("en.md", "Norland", "![The lamp](lamp.png) Norland"), "lamp.png"),
        (change("en.md", "newsletter: harbour-letter", "newsletter: unknown-letter"), "schedules/ has: harbour-letter"),
        (lambda issue: (issue / "en.md").write_bytes(b"---\n\xff\xfe"), "UTF-8"),
    ],
    ids=["YAML", "no header", "no picture", "no such newsletter", "no UTF-8"],
)
def test_a_folder_that_cannot_be_taken_is_named_and_the_others_are_stored(
    app: App, club: Club, spoil: Callable[[Path], None], says: str
) -> None:
    club.write_issue(serial=42, number=8)
    spoil(folder(club))
    found = {one.folder: one for one in pull_issues(app)}
    assert found["2018-07"].finding is Finding.REFUSED
    assert found["2018-07"].change
    assert says in found["2018-07"].line
    assert found["2018-08"].finding is Finding.STORED
    assert [one.issue for one in shelf.listing(app.context)] == ["harbour-letter/42"]


def test_an_issue_that_is_too_long_to_be_sent_is_refused(app: App, club: Club) -> None:
    text = folder(club) / "en.md"
    text.write_text(text.read_text() + "\nOf 40 ships 30 sailed.\n" * 5000)
    found = one(app)
    assert found.finding is Finding.REFUSED
    assert found.line.startswith("en.md: harbour-letter/41 makes ")
    assert found.change


def test_an_issue_waits_for_all_its_languages(app: App, club: Club) -> None:
    both = {"languages": ["en", "ru"]}
    club.reschedule({"newsletter": both})
    app = reload(app)
    assert (one(app).finding, "ru.md" in one(app).line) == (Finding.REFUSED, True)
    club.write_issue("ru")
    assert (one(app).finding, revision(app).languages) == (Finding.STORED, ("en", "ru"))


def test_an_issue_goes_without_a_language_where_it_need_not_wait(app: App, club: Club) -> None:
    club.reschedule({"newsletter": {"languages": ["en", "ru"], "wait_for_all_languages": False}})
    app = reload(app)
    assert (one(app).finding, revision(app).languages) == (Finding.STORED, ("en",))
    club.write_issue("ru")
    assert (one(app).finding, revision(app).languages, revision(app).revision) == (Finding.STORED, ("en", "ru"), 2)


def test_a_folder_that_grows_while_it_is_read_is_named_and_taken_the_next_time(app: App, club: Club) -> None:
    newsletter = app.context.newsletter(LETTER)

    def grow() -> None:
        with (folder(club) / "en.md").open("a") as opened:
            opened.write("And so on.\n")

    growing = FolderSource("issues", club.folder, grow)
    [found] = pull.pull(app.context, newsletter, growing)
    assert (found.folder, found.finding, found.issue) == ("2018-07", Finding.REFUSED, "")
    assert found.line
    assert shelf.listing(app.context) == []
    assert one(app).finding is Finding.STORED


def test_an_issue_of_another_newsletter_is_not_ours_to_take(app: App, club: Club) -> None:
    other = club.folder / "schedules" / "other-letter.toml"
    other.write_text((club.folder / "schedules" / f"{LETTER}.toml").read_text().replace(LETTER, "other-letter"))
    app = reload(app)
    source = FolderSource("issues", club.folder, lambda: None)
    found = pull.pull(app.context, app.context.newsletter("other-letter"), source)
    assert {one.finding for one in found} <= {Finding.DRAFT}
    assert shelf.listing(app.context) == []
    assert one(app).finding is Finding.STORED


def test_a_source_that_is_not_there_is_an_error(app: App, club: Club) -> None:
    source = FolderSource("nowhere", club.folder, lambda: None)
    with pytest.raises(MailerError, match="nowhere"):
        pull.pull(app.context, app.context.newsletter(LETTER), source)


def test_an_issue_can_be_looked_at_and_checked(app: App, club: Club) -> None:
    pull_issues(app)
    assert shelf.check(app.context, ISSUE) == []
    facts = issue_document(shelf.listing(app.context)[0])
    assert (facts["issue"], facts["number"], facts["date"], facts["state"]) == (str(ISSUE), 7, "2018-07-12", "pulled")
    plan_mailing(app.context, ISSUE)
    assert shelf.listing(app.context)[0].state == "planned"


def test_a_raw_text_becomes_a_draft_and_never_overwrites(app: App, club: Club, tmp_path: Path) -> None:
    raw = tmp_path / "raw.md"
    raw.write_bytes(b"\xff")
    given = {"newsletter": LETTER, "language": "en"}
    with pytest.raises(BadInput, match="is not UTF-8"):
        shelf.import_raw(raw, spool(tmp_path / "new"), **given)
    with pytest.raises(BadInput, match="cannot be read"):
        shelf.import_raw(tmp_path / "missing.md", spool(tmp_path / "new"), **given)
