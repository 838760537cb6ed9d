"""A dry run writes what would be sent, also of an issue that is edited while its editions are compiled."""

from pathlib import Path

import pytest

from mailer.app.installation import App, spool
from mailer.pipeline.context import Context, IssueName
from mailer.pipeline.mailings import dry_run
from mailer.pipeline.mailings.freeze import Draft
from mailer.pipeline.mailings.plan import is_planned
from tests.club import ISSUE, Club, import_register, members, pull_issues


def test_an_issue_edited_meanwhile_is_written_as_it_is(
    app: App, club: Club, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compile_draft = dry_run.compile_draft

    def edited_afterwards(context: Context, name: IssueName) -> Draft:
        draft = compile_draft(context, name)
        club.write_issue(more="Edited.")
        pull_issues(app)
        return draft

    import_register(app, members(3))
    pull_issues(app)
    monkeypatch.setattr(dry_run, "compile_draft", edited_afterwards)
    files = dry_run.write_dry_run(app.context, ISSUE, spool(tmp_path))
    assert len(files) == 3
    assert all(b"Edited." in file.read_bytes() for file in files)
    assert not is_planned(app.context, ISSUE)
