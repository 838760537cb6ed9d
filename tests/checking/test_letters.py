"""What `mailer check` says of the letters' templates that an older version left."""

import shutil

from mailer.checking.checks import check
from tests.club import TEMPLATES, Club


def found(club: Club) -> dict[str, str]:
    return {result.subject: result.finding for result in check(club.config) if result.ok}


def test_folders_that_are_not_read_any_more_are_named(club: Club) -> None:
    system = shutil.copytree(TEMPLATES, club.folder / "templates") / "system"
    club.settle(paths={"templates": "templates"})
    for name in ("digest", "reminder"):  # as `mailer init` of an older version copied them
        (system / name).mkdir(parents=True)
        (system / name / "en.txt.j2").write_text("Subject: old\n{{ counts }}\n")
    old = found(club)["letters: old templates"]
    assert str(system / "digest") in old
    assert str(system / "reminder") in old
    assert found(club)["letters: templates"].endswith("letters can be written")


def test_where_there_are_none_nothing_is_said(club: Club) -> None:
    assert "letters: old templates" not in found(club)


def test_kinds_of_letters_that_an_older_installation_has_no_templates_of_are_named(club: Club) -> None:
    assert "letters: own templates" not in found(club)
    system = shutil.copytree(TEMPLATES, club.folder / "templates") / "system"
    club.settle(paths={"templates": "templates"})
    shutil.rmtree(system / "not-taken")
    assert found(club)["letters: own templates"].startswith(f"{system} has no not-taken: ")
    assert found(club)["letters: templates"].endswith("letters can be written")


def test_a_layout_that_needs_a_copy_is_named_since_letters_do_not_have_it(club: Club) -> None:
    look = "letters: look of harbour-letter"
    base = shutil.copytree(TEMPLATES, club.folder / "templates") / "_base"
    club.settle(paths={"templates": "templates"})
    assert look not in found(club)
    layout = base / "layout.html.j2"
    layout.write_text(layout.read_text().replace("{{ banner }}", '{{ banner }}<p>{{ slot("copy_number") }}</p>'))
    assert "has a slot" in found(club)[look]
    assert "letters for harbour-letter have the look that comes with this version" in found(club)[look]
