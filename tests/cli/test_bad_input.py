"""What is wrong is named, with what to do, and nothing of it is done."""

import shutil

import pytest

from mailer.cli import console
from tests.cli.terminal import a_relay
from tests.club import ISSUE, LETTER, TEMPLATES, readable

NAME = str(ISSUE)


def refusal(run, *words):
    said = run(*words)
    assert said.status == 1
    assert "Traceback" not in said.err
    assert all(line.startswith("mailer: ") for line in said.err.splitlines())
    return said.err


def rows(club):
    """The register's members.csv as lines, the header first."""
    return (club.folder / "members.csv").read_text(encoding="utf-8").splitlines()


# --- settings ---------------------------------------------------------------------------------------------------------


def test_a_broken_key_stops_every_command_and_is_named(run, at):
    club = at("planned")
    club.config.write_text(club.config.read_text() + "\n[delivery]\ngive_up_after = 3\n")
    for words in (("status",), ("send", NAME, "--wait", "--yes"), ("daemon",)):
        assert (
            f"{club.config}: [delivery] give_up_after is not a setting; allowed here: give_up_after_hours"
            in refusal(run, *words)
        )
    checked = run("check", "--json")
    assert checked.status == 1
    assert [one["ok"] for one in checked.document] == [False]
    assert "did you mean give_up_after_hours?" in checked.document[0]["said"]


def test_an_unknown_variable_stops_every_command_and_is_named(run, at, monkeypatch):
    at("planned")
    monkeypatch.setenv("MAILER_SMTP__PASWORD", "sesame")
    said = refusal(run, "status")
    assert "MAILER_SMTP__PASWORD: [smtp] pasword is not a setting" in said
    assert "did you mean password?" in said
    assert "sesame" not in said


@pytest.mark.parametrize("words", [("person", "show"), ("why",), ("hold", "set"), ("find",)])
def test_what_a_terminal_types_in_another_encoding_is_named(run, at, words):
    at("planned")
    typed = "Иванов".encode("cp1251").decode("utf-8", "surrogateescape")
    assert "is not written in UTF-8: set the terminal to UTF-8" in refusal(run, *words, typed)


def test_a_file_may_have_a_name_in_another_encoding(run, at):
    club = at("planned")
    file = club.folder / "члены.csv".encode("cp1251").decode("utf-8", "surrogateescape")
    shutil.copy(club.folder / "members.csv", file)
    run.ok("register", "import", "--members", file)
    run.ok("register", "import", f"--members={file}")


def test_sending_in_clear_to_another_machine_is_refused(run, at):
    club = at("approved")
    club.settle(smtp={"host": "relay.example.org"})
    assert 'security = "none" is only for a loopback host' in refusal(run, "send", NAME, "--wait", "--yes")


def test_a_relay_without_its_password_is_found_by_the_check(run, at):
    club = at("approved")
    table = f"paths.templates = '{TEMPLATES}'\n[[relay]]\nusername = 'club'\n"
    club.config.write_text(table)
    assert "[[relay]] 1 username has no password: name a password_file" in run("check").out
    club.config.write_text(f"{table}password_file = 'gone'\n")
    assert "[[relay]] 1 password_file: " in run("check").out
    club.settle(smtp={"username": "club"})
    assert "[smtp] username has no password: name a password_file, or set MAILER_SMTP__PASSWORD" in run("check").out


@pytest.mark.parametrize("name", [f"{LETTER}.toml", "fees.toml", "another.toml"])
def test_a_bad_schedule_is_named(run, at, name):
    club = at("planned")
    (club.folder / "schedules" / name).write_text("[[nothing]]\n")
    assert f"{club.folder / 'schedules' / name}: " in refusal(run, "status")
    assert run("check").status == 1


# --- the register -----------------------------------------------------------------------------------------------------


def test_an_empty_register_is_no_reason_to_send_anything(run, at):
    club = at("founded")
    club.reschedule({"approval": {"required": False}})
    run.ok("pull")
    assert run.ok("plan", NAME).out == f"{NAME}: 0 copies for 0 of 0 people\n"
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port})
        said = run("send", NAME, "--wait", "--yes")
    assert said.status == 0
    assert relay.received == []
    assert run.ok("report", NAME, "--json").document["balanced"]


@pytest.mark.parametrize(
    "name", ["Anna\u202egro.example", "Anna\u0007", "Anna\u2028Bcc: b@club.example", '"Anna\r\nBcc: b@club.example"']
)
def test_a_control_character_in_a_name_is_a_bad_row(run, at, name):
    club = at("pulled")
    header, first, *others = rows(club)
    file = club.folder / "new.csv"
    file.write_bytes("\r\n".join([header, first.replace("Reader001", name), *others, ""]).encode())
    said = run("register", "import", "--members", file, "--apply")
    assert said.status == 1
    assert said.err.startswith("mailer: new.csv, row 2, column name_en: ")
    assert said.out.endswith("nothing is applied: correct the bad rows, or leave them out with --skip-bad\n")
    assert "Reader001" in run.ok("person", "show", "P001").out
    # The good rows go in when that is asked for; the bad one is still named.
    file.write_bytes(file.read_bytes().replace(b"Reader003", b"Reader333"))
    half = run("register", "import", "--members", file, "--apply", "--skip-bad")
    assert half.status == 1
    assert "new.csv, row 2, column name_en: " in half.err
    assert "Reader001" in run.ok("person", "show", "P001").out
    assert "Reader333" in run.ok("person", "show", "P003").out


def test_an_encoded_word_in_a_name_stays_a_name(run, at):
    club = at("founded")
    evil = "=?utf-8?q?x=0ABcc:y?="
    (club.folder / "members.csv").write_text("\n".join(rows(club)).replace("Reader001", evil))
    tables = ("--members", club.folder / "members.csv", "--payments", club.folder / "payments.csv")
    run.ok("register", "import", *tables, "--apply")
    club.reschedule({"approval": {"required": False}})
    run.ok("pull")
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port})
        run.ok("send", NAME, "--wait", "--yes")
    message = next(one.message for one in relay.received if one.recipient == "desk001@members.example")
    head = message.split(b"\r\n\r\n")[0]
    assert b"\nbcc:" not in head.lower()
    assert evil.encode() not in head
    assert f'To: "{evil}" <desk001@members.example>' in readable(message) or f"To: {evil} <" in readable(message)


@pytest.mark.parametrize(
    ("file", "column", "value", "said"),
    [
        ("members", "email", "desk001", "members.csv, row 2, column email: "),
        ("members", "kind", "royal", "members.csv, row 2, column kind: "),
        ("members", "ended_on", "yesterday", "members.csv, row 2, column ended_on: "),
        ("payments", "amount", "much", "payments.csv, row 2, column amount: "),
        ("payments", "period_to", "2017-01-01", "payments.csv, row 2, "),
        ("payments", "membership", "M999", "payments.csv, row 2, column membership: "),
    ],
)
def test_a_bad_row_is_named_by_file_row_and_column(run, at, file, column, value, said):
    club = at("founded")
    path = club.folder / f"{file}.csv"
    header, first, *others = path.read_text().splitlines()
    cells = first.split(",")
    cells[header.split(",").index(column)] = value
    path.write_text("\n".join([header, ",".join(cells), *others, ""]))
    tables = ("--members", club.folder / "members.csv", "--payments", club.folder / "payments.csv")
    assert said in refusal(run, "register", "import", *tables, "--apply")
    assert run.ok("person", "list", "--json").document == []


def test_a_file_that_is_no_table_is_named(run, at):
    club = at("founded")
    (club.folder / "members.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    assert "members.xlsx" in refusal(run, "register", "import", "--members", club.folder / "members.xlsx")
    assert "gone.csv cannot be read" in refusal(run, "register", "import", "--members", "gone.csv")
    (club.folder / "odd.csv").write_text("name;colour\nAnna;blue\n")
    assert "odd.csv" in refusal(run, "register", "import", "--members", club.folder / "odd.csv")


def test_a_person_without_a_salutation_stops_the_mailing_and_is_named(run, at):
    club = at("founded")
    (club.folder / "members.csv").write_text("\n".join(rows(club)).replace("Dear Friend002", ""))
    tables = ("--members", club.folder / "members.csv", "--payments", club.folder / "payments.csv")
    run("register", "import", *tables, "--apply")
    club.reschedule({"approval": {"required": False}})
    run.ok("pull")
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port})
        said = refusal(run, "send", NAME, "--wait", "--yes")
    assert "P002" in said
    assert "salutation" in said
    assert relay.received == []
    assert {one["attempts"] for one in run.ok("delivery", "list", NAME, "--json").document} <= {0}


# --- issues -----------------------------------------------------------------------------------------------------------


def broken(club, old, new, language="en"):
    file = club.folder / "issues" / "2018-07" / f"{language}.md"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("serial: 41", "serial: [41", "en.md"),
        ("serial: 41", "serial: forty", "serial"),
        ("serial: 41\n", "", "serial"),
        ("volume: 17", "volumes: 17", "volumes"),
        ("date: 2018-07-12", "date: 2018-13-12", "is not a day of the calendar"),
        ("newsletter: harbour-letter", "newsletter: another-letter", "another-letter"),
        ("last winter*.", "last winter*.\n\n![The lamp](lamp.png)", "lamp.png"),
        ("last winter*.", "last winter*.\n\n![The lamp](../../mailer.key)", "mailer.key"),
        (
            "last winter*.",
            "last winter*.\n\n![The lamp](https://images.example/lamp.png)",
            "https://images.example/lamp.png",
        ),
        ("last winter*.", "last winter*.\n\n<script>1</script>", "en.md"),
        ("last winter*.", "last winter*. [Here](javascript:alert)", "javascript:alert"),
    ],
)
def test_an_issue_that_cannot_be_taken_is_named_and_not_stored(run, at, old, new, said):
    club = at("founded")
    broken(club, old, new)
    found = refusal(run, "pull")
    assert found.startswith("mailer: 2018-07 was not stored: ")
    assert said in found
    assert run.ok("issue", "list", "--json").document == []


def test_a_picture_is_proved_by_its_content(run, at):
    club = at("founded")
    broken(club, "last winter*.", "last winter*.\n\n![The lamp](lamp.png)")
    (club.folder / "issues" / "2018-07" / "lamp.png").write_bytes(b"<svg onload='alert(1)'/>")
    assert "lamp.png" in refusal(run, "pull")


def test_the_others_are_stored_all_the_same(run, at):
    club = at("founded")
    club.write_issue(serial=42, number=8)
    broken(club, "serial: 41", "serial: forty")
    said = run("pull", "--json")
    assert said.status == 1
    assert {one["folder"]: one["finding"] for one in said.document} == {"2018-07": "refused", "2018-08": "stored"}


def test_a_source_that_is_down_is_named(run, at):
    club = at("founded")
    club.reschedule({"source": {"url": "https://127.0.0.1:1/issues"}})
    said = refusal(run, "pull")
    assert said.startswith(f"mailer: {LETTER}: ")
    assert "127.0.0.1" in said
    checked = run("check", "--json")
    assert [one["ok"] for one in checked.document if one["what"] == f"{LETTER}: source"] == [False]


def test_a_folder_that_is_missing_is_named(run, at):
    club = at("founded")
    shutil.rmtree(club.folder / "issues")
    assert str(club.folder / "issues") in refusal(run, "pull")


def test_a_missing_season_stops_the_plan(run, at):
    club = at("pulled")
    fees = club.folder / "schedules" / "fees.toml"
    fees.write_text(fees.read_text().replace("2018", "2017"))
    said = refusal(run, "plan", NAME)
    assert "2018" in said
    assert "fees.toml" in said
    assert "no copy" in run.ok("delivery", "list", NAME).out


def test_a_template_with_an_unknown_name_stops_the_plan(run, at):
    club = at("pulled")
    look = club.folder / "look"
    shutil.copytree(TEMPLATES, look)
    club.settle(paths={"templates": "look"})
    bulletin = look / "russia-confidential" / "bulletin.en.md"
    bulletin.write_text(bulletin.read_text() + "\n{{ publisher }}\n")
    for words in (("plan", NAME), ("issue", "check", NAME)):
        said = refusal(run, *words)
        assert "bulletin.en.md" in said
        assert "publisher" in said
    checked = run("check", "--json")
    assert [one["ok"] for one in checked.document if one["what"] == f"{LETTER}: templates"] == [False]


def test_a_file_in_the_place_of_a_folder_is_a_line_and_no_traceback(run, at):
    club = at("planned")
    (club.folder / "taken").write_text("")
    for words in (
        ("send", NAME, "--dry-run"),
        ("issue", "preview", NAME, "--person", "P001", "--out"),
        ("register", "export", "--out"),
        (
            "issue",
            "import",
            club.folder / "issues" / "2018-07" / "en.md",
            *("--newsletter", LETTER, "--language", "en"),
            "--into",
        ),
    ):
        assert "taken" in refusal(run, *words, club.folder / "taken")


def test_a_name_of_a_person_is_no_markup(run, at, capsys):
    console.invocation.as_json = False
    console.show([], ("name",), [("[bold]Anna[/bold] [link=x]",)])
    assert capsys.readouterr().out == "name\n[bold]Anna[/bold] [link=x]\n"
