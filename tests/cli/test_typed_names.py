"""A person, a membership or an issue is typed as the secretary knows it."""

import pytest

from tests.club import ISSUE, LETTER, MEMBER_COLUMNS, Club

NAME = str(ISSUE)


@pytest.fixture
def club(run, at) -> Club:
    """The club at a planned issue, with two people of one family name on a firm's membership."""
    club = at("planned")
    rows = [
        "F1,corporate,Delta Energy,club,P101,,Nina Frolova,Нина Фролова,,,desk@members.example,en,,,,",
        "F1,corporate,Delta Energy,club,P102,,Boris Frolov,Борис Фролов,,,b.frolov@members.example,en,,,,",
    ]
    (club.folder / "firm.csv").write_text("\n".join([MEMBER_COLUMNS, *rows, ""]))
    run.ok("register", "import", "--members", club.folder / "firm.csv", "--apply")
    return club


@pytest.mark.usefixtures("club")
@pytest.mark.parametrize("typed", ["p101", "Frolova", "нина фролова", "DESK@members.example", "P101 Nina Frolova"])
def test_every_command_about_a_person_takes_a_name(run, typed):
    assert run.ok("person", "show", typed, "--json").document["person"] == "P101"
    assert run.ok("why", typed, NAME, "--json").document["person"] == "P101"


@pytest.mark.usefixtures("club")
def test_a_preview_takes_a_name(run):
    written = run.ok("issue", "preview", NAME, "--person", "reader001", "--out", "look", "--json").document
    assert (written["person"], written["name"]) == ("P001", "Reader001")


@pytest.mark.usefixtures("club")
@pytest.mark.parametrize("words", [("person", "show"), ("person", "erase", "--yes"), ("payment", "list")])
def test_several_are_listed_and_nothing_is_done(run, words):
    refused = run(*words, "фрол") if words[0] == "person" else run(*words, "reader")
    assert refused.status == 1
    if words[0] == "person":
        assert refused.err.splitlines() == [
            "mailer: 'фрол' means 2 people; name one by its id:",
            "mailer:   P101 Nina Frolova, F1, Delta Energy, desk@members.example",
            "mailer:   P102 Boris Frolov, F1, Delta Energy, b.frolov@members.example",
        ]
    assert len(run.ok("person", "list", "--json").document) == 6


@pytest.mark.usefixtures("club")
def test_no_one_is_named_with_the_nearest(run):
    refused = run("person", "show", "Frolowa")
    assert refused.status == 1
    assert "there is no person 'Frolowa' in the register; the nearest is P101 Nina Frolova" in refused.err


@pytest.mark.usefixtures("club")
@pytest.mark.parametrize("typed", ["f1", "Delta Energy", "delta", "Boris", "b.frolov@members.example"])
def test_a_payment_takes_an_organisation_or_a_person(run, typed):
    period = ("--from", "2018-01-01", "--to", "2018-12-31")
    paid = run.ok("payment", "add", typed, *period, "--amount", "80000", "--yes", "--json").document
    assert (paid["membership"], paid["name"]) == ("F1", "Delta Energy")


@pytest.mark.usefixtures("club")
def test_an_address_is_held_and_free_again_by_the_name_of_its_person(run):
    held = run.ok("hold", "set", "boris", "--why", "he left").out
    assert held.startswith("b.frolov@members.example of P102 Boris Frolov is held")
    assert run.ok("hold", "lift", "P102", "--json").document == [
        {"address": "b.frolov@members.example", "was_held": True}
    ]
    assert "'frol' means 2 people" in run("hold", "lift", "frol").err


def test_a_serial_alone_names_an_issue(run, club):
    assert run.ok("issue", "show", "41", "--json").document["issue"] == NAME
    assert run.ok("status", "41", "--json").document["issue"] == NAME
    assert run("status", "42").err == "mailer: no newsletter has an issue 42; `mailer issue list` shows them\n"
    schedule = (club.folder / "schedules" / f"{LETTER}.toml").read_text()
    (club.folder / "schedules" / "other.toml").write_text(
        schedule.replace(LETTER, "other").replace("[source]", '[source]\nurl = "others"', 1)
    )
    folder = club.folder / "others" / "2018-07"
    folder.mkdir(parents=True)
    text = (club.folder / "issues" / "2018-07" / "en.md").read_text()
    (folder / "en.md").write_text(text.replace(LETTER, "other"))
    run.ok("pull", "other")
    refused = run("status", "41")
    assert refused.status == 1
    assert refused.err.splitlines() == [
        "mailer: '41' means 2 issues; name one by its id:",
        f"mailer:   {NAME}",
        "mailer:   other/41",
    ]


@pytest.mark.usefixtures("club")
def test_a_hold_takes_the_person_whose_address_is_meant(run):
    held = run.ok("hold", "set", "frolova", "--why", "she left", "--json").document
    assert (held["address"], held["people"][0]["person"]) == ("desk@members.example", "P101")
    assert "'fro' means 2 people" in run("hold", "set", "fro", "--why", "they left").err
    assert run.ok("hold", "lift", "нина фролова", "--json").document == [
        {"address": "desk@members.example", "was_held": True}
    ]


def test_a_hold_of_a_person_without_an_address_says_so(run, at):
    club = at("planned")
    (club.folder / "one.csv").write_text(f"{MEMBER_COLUMNS}\nM9,individual,,club,P900,,Ada Moor,,,,,en,,,,\n")
    run.ok("register", "import", "--members", club.folder / "one.csv", "--apply")
    refused = run("hold", "set", "ada moor", "--why", "she left")
    assert (refused.status, "P900 Ada Moor has no address" in refused.err) == (1, True)
