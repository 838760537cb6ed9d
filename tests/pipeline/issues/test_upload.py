"""An uploaded issue is put into the source whole, or not at all; what it replaces is kept and named."""

import errno

import pytest

from mailer.app.installation import editable_source
from mailer.domain.errors import BadInput, NotFound, Refused
from mailer.domain.ports import RawFile
from mailer.domain.shelf import Finding
from mailer.gateways.sources import editable
from mailer.pipeline.issues.upload import upload_issue
from mailer.pipeline.mailings.approve import approve_mailing, withdraw_approval
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.store import history
from tests.club import ISSUE, LETTER, import_register, members, pull_issues
from tests.packed import packed

FOLDER = "2018-07"


def a_text(*, body="The lamp burned oil.", serial=41, status="finished", newsletter=LETTER, number=7, title="The lamp"):
    head = {"newsletter": newsletter, "language": "en", "status": status, "number": number, "serial": serial}
    head |= {"volume": 17, "year": 2018, "date": "2018-07-12", "title": title}
    return "\n".join(["---", *(f"{key}: {value}" for key, value in head.items()), "---", "", body, ""]).encode()


def upload(app, content, name="en.md", **chosen):
    return upload_issue(
        app.context,
        [RawFile(name=name, content=content)],
        lambda newsletter: editable_source(app, newsletter),
        **chosen,
    )


def archive(*, folder=FOLDER, **fields):
    return packed({f"{folder}/en.md": a_text(**fields)})


def issues(app):
    return app.config.folder / "issues"


def everything(app):
    """Every file of the source with its content, by path."""
    root = issues(app)
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def empty(app):
    """The club before its editors have written anything."""
    for path in (issues(app) / FOLDER).iterdir():
        path.unlink()
    (issues(app) / FOLDER).rmdir()
    return app


def test_a_text_becomes_a_folder_that_is_pulled(empty):
    placed = upload(empty, a_text())
    assert (placed.folder, placed.issue, placed.problems, placed.is_draft) == (FOLDER, str(ISSUE), (), False)
    assert everything(empty) == {f"{FOLDER}/en.md": a_text()}
    assert [pulled.finding for pulled in pull_issues(empty)] == [Finding.STORED]


def test_an_archive_is_put_under_the_name_of_its_folder(empty):
    assert upload(empty, archive(folder="July, the lamp"), "x.zip").folder == "July, the lamp"
    assert list(everything(empty)) == ["July, the lamp/en.md"]


def test_an_upload_is_in_the_history(empty):
    upload(empty, a_text())
    with empty.store.reading() as connection:
        (entry,) = history.entries(connection, str(ISSUE))
    assert (entry.who, entry.verb, entry.detail) == ("secretary", "upload", f"{FOLDER}, 1 files")


def test_defects_are_named_all_at_once_and_the_folder_lies_there_all_the_same(empty):
    placed = upload(empty, a_text(body="![A lamp](lamp.png)\n\n![Another](other.png)\n\nXXX"))
    assert [problem for problem in placed.problems if "lamp.png" in problem] == [
        "en.md: line 13: lamp.png: en.md shows this picture, but it is not in the folder; put it there"
    ]
    assert len(placed.problems) == 2
    assert list(everything(empty)) == [f"{FOLDER}/en.md"]


def test_a_draft_says_that_it_is_one(empty):
    placed = upload(empty, a_text(status="draft"))
    assert (placed.is_draft, placed.problems) == (True, ())
    assert any("line 4: the text is a draft" in note for note in placed.notes)


def test_a_number_that_pull_would_refuse_is_a_problem(app):
    pull_issues(app)
    placed = upload(app, archive(folder="2018-06", serial=40, number=6), "2018-06.zip")
    assert placed.problems
    assert "serial 40 steps back behind 41" in placed.problems[0]


def test_the_folder_that_has_the_issue_is_replaced_and_kept(app):
    before = everything(app)
    (issues(app) / FOLDER / "old.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    placed = upload(app, archive(folder="July (2)"), "July (2).zip")
    assert placed.folder == FOLDER
    assert (placed.replaced.changed, placed.replaced.added, placed.replaced.removed) == (("en.md",), (), ("old.png",))
    kept = issues(app) / placed.replaced.moved_to
    assert (kept / "en.md").read_bytes() == before[f"{FOLDER}/en.md"]
    assert (kept / "old.png").exists()
    assert [path.name for path in (issues(app) / FOLDER).iterdir()] == ["en.md"]


def test_each_replaced_folder_is_kept(app):
    kept = {upload(app, a_text(body=f"Take {number}.")).replaced.moved_to for number in range(3)}
    assert len(kept) == 3
    assert all((issues(app) / each / "en.md").exists() for each in kept)
    assert [pulled.folder for pulled in pull_issues(app)] == [FOLDER]  # what is kept is not pulled


def test_the_same_upload_twice_writes_nothing(app):
    assert not upload(app, a_text()).unchanged
    before = everything(app)
    assert upload(app, a_text()).unchanged
    assert everything(app) == before


def test_another_issue_of_the_same_folder_name_is_refused(app):
    before = everything(app)
    with pytest.raises(Refused, match=r"2018-07 of the source holds harbour-letter/41, and this is harbour-letter/42"):
        upload(app, archive(serial=42, number=8), "x.zip")
    assert everything(app) == before


def test_an_issue_in_two_folders_is_refused(app):
    (issues(app) / "copy").mkdir()
    (issues(app) / "copy" / "en.md").write_bytes(a_text())
    with pytest.raises(Refused, match=r"in several folders \(2018-07, copy\)"):
        upload(app, a_text())


def test_an_approved_issue_is_refused_until_the_approval_is_withdrawn(app):
    import_register(app, members(2))
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    approve_mailing(app.context, ISSUE)
    before = everything(app)
    for content, name in ((a_text(), "en.md"), (archive(serial="none"), f"{FOLDER}.zip")):
        with pytest.raises(Refused, match="withdraw first") as refused:
            upload(app, content, name)
        assert refused.value.remedies
    assert everything(app) == before
    withdraw_approval(app.context, ISSUE)
    assert upload(app, a_text()).replaced


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (a_text().replace(b"serial: 41\n", b"").replace(b"number: 7\n", b""), "do not say which issue this is"),
        (b"A text without front matter.", "do not say which issue this is"),
        (archive(folder=".hidden"), "no text of an issue"),
        (packed({"../en.md": a_text()}), "leads out of the folder"),
        (packed({"x/en.md": a_text(), "x/ru.md": a_text(newsletter="other")}), None),
    ],
)
def test_what_has_no_place_is_not_written(empty, content, why):
    before = everything(empty)
    if why is None:
        assert upload(empty, content).newsletter == LETTER  # the other one is unknown here, and a problem
        return
    with pytest.raises(BadInput, match=why):
        upload(empty, content)
    assert everything(empty) == before


def test_a_newsletter_that_is_not_there_is_not_found(empty):
    with pytest.raises(NotFound, match="there is no newsletter 'x'"):
        upload(empty, b"No front matter", newsletter="x")


def test_a_source_on_another_machine_is_refused_with_the_reason(club):
    club.reschedule({"source": {"url": "sftp://editor@files.club.example/issues"}})
    with club.opened() as app, pytest.raises(Refused, match="this one only reads"):
        upload(app, a_text())


def test_a_link_in_the_source_is_not_followed(empty, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (issues(empty) / FOLDER).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="is a link or a file"):
        upload(empty, a_text())
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert not everything(empty)


def fail(*_):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("step", ["write_output", "_exchange"])
def test_a_full_disk_leaves_the_source_as_it_was(app, step, monkeypatch):
    before = everything(app)
    if step == "_exchange":
        monkeypatch.setattr(editable, step, fail)
    else:
        monkeypatch.setattr(editable.private_files, "_open_private", fail)
    with pytest.raises(BadInput, match="No space left"):
        upload(app, archive())
    monkeypatch.undo()
    assert everything(app) == before
    with app.store.reading() as connection:
        assert not history.entries(connection, str(ISSUE))


class Killed(BaseException):
    """The process ends here, and nothing after it runs."""


def lies_whole(app, before, after):
    """The source has the old folder or the new one, whole; what it had is there, or kept."""
    texts = {path: content for path, content in everything(app).items() if path.endswith("en.md")}
    assert texts[f"{FOLDER}/en.md"] in {before, after}
    assert before in texts.values()


@pytest.mark.parametrize("step", ["stage", "swap"])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_at_any_step_loses_nothing_and_can_be_followed_by_another(app, step, moment, monkeypatch):
    before, real = everything(app)[f"{FOLDER}/en.md"], getattr(editable.EditableFolder, step)

    def killed(*args):
        if moment == "after":
            real(*args)
        raise Killed

    monkeypatch.setattr(editable.EditableFolder, step, killed)
    with pytest.raises(Killed):
        upload(app, a_text())
    lies_whole(app, before, a_text())
    monkeypatch.undo()
    upload(app, a_text())
    assert everything(app)[f"{FOLDER}/en.md"] == a_text()
    lies_whole(app, before, a_text())


def test_folders_change_places_where_the_system_cannot_do_it_in_one_step(tmp_path):
    for name in ("new", "old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).write_text(name)
    editable.exchange_slowly(tmp_path / "new", tmp_path / "old")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["new", "old"]
    assert [path.name for path in (tmp_path / "old").iterdir()] == ["new"]


def test_the_editors_group_can_use_what_was_uploaded(empty):
    issues(empty).chmod(0o2770)
    upload(empty, a_text())
    placed = issues(empty) / FOLDER
    assert placed.stat().st_mode & 0o070 == 0o070
    assert (placed / "en.md").stat().st_mode & 0o060 == 0o060
