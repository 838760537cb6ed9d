"""The register at the terminal: what an import says of slips, strangers and people who are absent; entering a payment."""

import pytest

from tests.cli.test_console import typed
from tests.club import MEMBER_COLUMNS, PAYMENT_COLUMNS, members

PAYMENT = ("payment", "add", "M004", "--from", "2018-01-01", "--to", "2018-12-31", "--amount")


def write(club, name, *lines):
    path = club.folder / name
    path.write_text("\n".join([*lines, ""]))
    return path


def with_extra_columns(club, header, cell):
    lines = (club.folder / "members.csv").read_text().splitlines()
    return write(club, "extra.csv", f"{header},{lines[0]}", *(f"{cell},{line}" for line in lines[1:]))


# --- notes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [(), ("--apply",), ("--json",), ("--apply", "--json")])
def test_slips_are_noted_with_and_without_apply(run, at, words):
    club = at("pulled")
    row = 'M001,individual,,Club,P001,,Anna Berg,,"Dear Ms. Berg,",,anna@members.example,en,,,,'
    file = write(club, "members.csv", MEMBER_COLUMNS, row)
    done = run.ok("register", "import", "--members", file, *words)
    notes = [
        "circulation Club: no newsletter goes to it; did you mean club? M001 Anna Berg",
        "salutation_en ends in “,”, and a copy puts “,” behind it; P001 Anna Berg: write Dear Ms. Berg",
    ]
    assert done.err.splitlines() == [f"mailer: note: {note}" for note in notes]
    if "--json" in words:
        assert done.document["warnings"] == notes
        assert done.document["applied"] == ("--apply" in words)


def test_a_reversal_that_reverses_nothing_is_noted(run, at):
    club = at("pulled")
    file = write(club, "payments.csv", PAYMENT_COLUMNS, "M001,2017-01-01,2017-12-31,-50000,RUB,2018-06-01,,BACK-1")
    done = run.ok("register", "import", "--payments", file, "--json")
    (note,) = done.document["warnings"]
    assert note.startswith("M001 Reader001, 2017-01-01 to 2017-12-31: -50000 RUB (BACK-1) leaves -50000 RUB")
    assert note.endswith("the nearest payment is 50000 RUB (INV-001) for 2018-01-01 to 2018-12-31")


def test_the_same_register_again_makes_no_note(run, at):
    club = at("pulled")
    done = run.ok(
        "register", "import", "--members", club.folder / "members.csv", "--payments", club.folder / "payments.csv"
    )
    assert (done.out, done.err) == ("the register is as the files say: nothing changes\n", "")


def test_a_circle_without_a_newsletter_is_said_in_the_difference(run, at):
    club = at("pulled")
    row = "M001,individual,,archive,P001,,Anna Berg,,,,anna@members.example,en,,,,"
    done = run.ok("register", "import", "--members", write(club, "members.csv", MEMBER_COLUMNS, row))
    assert "no newsletter goes to circulation archive: M001 Anna Berg\n" in done.out
    assert done.err == ""


# --- columns of the club's own, people who are absent -----------------------------------------------------------------


def test_a_column_of_the_clubs_own_is_refused_with_the_way_out(run, at):
    file = with_extra_columns(at("pulled"), "fax,e mail", "555-1,x")
    refused = run("register", "import", "--members", file)
    assert refused.status == 1
    assert "`mailer register import --ignore-columns 'fax,e mail'` leaves columns of your own out" in refused.err
    assert run.ok("register", "import", "--members", file, "--ignore-columns", "Fax, e mail").err == ""


def test_a_column_to_ignore_that_no_file_has_is_a_typo(run, at):
    file = with_extra_columns(at("pulled"), "fax", "555-1")
    refused = run("register", "import", "--members", file, "--ignore-columns", "fxa")
    assert refused.status == 1
    assert "fax" in refused.err
    good = ("register", "import", "--members", file, "--ignore-columns")
    assert run(*good, "fax,pager").err.startswith("mailer: no file has a column pager to ignore; the columns are ")
    assert run(*good, "fax,fxa").err == "mailer: no file has a column fxa to ignore; did you mean fax?\n"


def test_an_ignored_cell_is_not_looked_at(run, at):
    file = with_extra_columns(at("pulled"), "memo", "bell\u0007")
    assert run.ok("register", "import", "--members", file, "--ignore-columns", "memo").out.endswith("nothing changes\n")


def test_a_column_that_the_register_needs_cannot_be_ignored(run, at):
    file = at("pulled").folder / "members.csv"
    assert "column kind is missing" in run("register", "import", "--members", file, "--ignore-columns", "kind").err


def test_who_is_absent_from_the_file_is_named_and_stays(run, at):
    club = at("pulled")
    club.write_register(members(3))
    file = club.folder / "members.csv"
    done = run.ok("register", "import", "--members", file)
    assert "P004 Reader004 on M004  stays, absent from the file" in done.out
    assert "1 person of the register is absent from the file and stays; `--end-missing` ends this one" in done.out
    assert "nothing changes" not in done.out
    document = run.ok("register", "import", "--members", file, "--json").document
    assert document["absent"] == [{"person": "P004", "name": "Reader004", "membership": "M004"}]
    assert document["counts"]["people_absent"] == 1
    ended = run.ok("register", "import", "--members", file, "--apply", "--end-missing", "--json", "--yes").document
    assert (ended["absent"], ended["counts"]["people_absent"], ended["counts"]["people_ended"]) == ([], 0, 1)
    assert run.ok("register", "import", "--members", file).out == "the register is as the files say: nothing changes\n"


def test_many_people_who_are_absent_are_counted(run, at):
    club = at("pulled")
    club.write_register(members(30))
    run.ok("register", "import", "--members", club.folder / "members.csv", "--apply")
    club.write_register(members(1))
    out = run.ok("register", "import", "--members", club.folder / "members.csv").out
    assert out.count("stays, absent from the file") == 15
    assert "29 people of the register are absent from the file and stay (the first 15 are named above)" in out


# --- payments ---------------------------------------------------------------------------------------------------------


def test_a_payment_is_shown_before_it_is_entered(run, at):
    at("pulled")
    status, asked = typed("y", *PAYMENT, "50000", "--paid-on", "2018-07-12")
    assert status == 0
    for line in (
        "M004, individual: P004 Reader004",
        "50000 RUB for 2018-01-01 to 2018-12-31, paid on 2018-07-12",
        "the period then has 50000 RUB: paid in full (the fee is 50000 RUB)",
        "paid until 2018-12-31 (now: not paid)",
        "Enter this payment? [y/N]",
    ):
        assert line in asked
    assert len(run.ok("person", "show", "P004", "--json").document["payments"]) == 1


@pytest.mark.parametrize("answer", ["n", "", "x"])
def test_a_payment_that_is_not_confirmed_is_not_entered(run, at, answer):
    at("pulled")
    assert typed(answer, *PAYMENT, "50000")[0] == 1
    assert run.ok("person", "show", "P004", "--json").document["payments"] == []


def test_a_payment_without_a_terminal_needs_yes(run, at):
    at("pulled")
    refused = run(*PAYMENT, "50000")
    assert (refused.status, "add --yes" in refused.err) == (1, True)
    document = run.ok(*PAYMENT, "500000", "--yes", "--json").document
    assert (document["name"], document["people"]) == ("Reader004", [{"person": "P004", "name": "Reader004"}])
    assert (document["period_paid"], document["paid_until"]) == (True, "2018-12-31")
    assert document["warnings"] == [
        "M004 Reader004, 2018-01-01 to 2018-12-31: 500000 RUB is 10 times the fee of 50000 RUB"
    ]


def test_the_documents_of_payment_add_keep_their_fields(run, at):
    at("pulled")
    document = run.ok(*PAYMENT, "30000", "--yes", "--json").document
    fields = {name: document[name] for name in ("membership", "from", "to", "amount")}
    assert fields == {"membership": "M004", "from": "2018-01-01", "to": "2018-12-31", "amount": "30000"}
    assert document["period_paid"] is False
