"""`mailer check` names what readers would not see of a template's styles."""

import shutil
from typing import Any

import pytest

from mailer.checking.checks import check
from mailer.domain.check_result import CheckResult
from tests.club import TEMPLATES, Club


def templates_of(club: Club) -> CheckResult:
    return next(result for result in check(club.config) if result.subject.endswith(": templates"))


def test_styles_that_reach_no_reader_are_named_with_their_line(club: Club) -> None:
    shutil.copytree(TEMPLATES, club.folder / "templates")
    club.settle(paths={"templates": "templates"})
    assert templates_of(club).ok
    (club.folder / "templates" / "_base" / "style.css").write_text("p { margin: 0 }\na:hover { color: red }\n")
    result = templates_of(club)
    assert not result.ok
    assert "(style.css), line 2: 'a:hover' was not taken" in result.finding


def test_copies_that_do_not_link_to_the_members_pages_are_named(club: Club) -> None:
    shutil.copytree(TEMPLATES, club.folder / "templates")
    club.settle(paths={"templates": "templates"}, web={"public_url": "https://letter.club.example"})
    assert templates_of(club).ok
    (bulletin,) = (club.folder / "templates").rglob("bulletin.en.md")
    bulletin.write_text(bulletin.read_text(encoding="utf-8").replace("{{ preferences }}", "https://club.example/"))
    result = templates_of(club)
    assert not result.ok
    assert "write a link to {{ preferences }} into bulletin.en.md" in result.finding
    club.settle(paths={"templates": "templates"})
    assert templates_of(club).ok
    bulletin.write_text(bulletin.read_text(encoding="utf-8").replace("@@SLOT:preferences@@", "us"))
    result = templates_of(club)
    assert result.ok
    assert "copies have no link by which their readers pause" in result.finding


def test_an_insert_that_promises_fees_to_everybody_is_named(club: Club) -> None:
    shutil.copytree(TEMPLATES, club.folder / "templates")
    club.settle(paths={"templates": "templates"})
    (insert,) = (club.folder / "templates").rglob("insert.en.md")
    insert.write_text(
        "Table: Fees\n\n| Period | Fee |\n|---|---|\n"
        "{% for line in insert.fees %}\n| {{ line.period }} | {{ line.fee }} |\n{% endfor %}\n"
    )
    result = templates_of(club)
    assert result.ok
    assert "but insert.en.md may promise fees where none are left to pay" in result.finding


@pytest.mark.parametrize(
    "tables",
    [{}, {"bounces": {"return_path_domain": "bounces.club.example"}}, {"web": {"public_url": "https://x.example"}}],
)
def test_older_templates_are_named_where_their_words_may_not_fit_the_link(club: Club, tables: dict[str, Any]) -> None:
    shutil.copytree(TEMPLATES, club.folder / "templates")
    club.settle(paths={"templates": "templates"}, **tables)
    assert templates_of(club).finding == "1 edition compiles"
    (bulletin,) = (club.folder / "templates").rglob("bulletin.en.md")
    before, _, _ = bulletin.read_text(encoding="utf-8").partition("::: preferences")
    older = "{% if preferences %}\nPause [on your own page]({{ preferences }}).\n{% endif %}\n::::\n"
    bulletin.write_text(f"{before}{older}", encoding="utf-8")
    result = templates_of(club)
    assert result.ok
    assert ("bulletin.en.md may speak of a page where the link opens a mail" in result.finding) == ("web" not in tables)
