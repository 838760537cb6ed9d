"""Register files at the terminal: encodings, ids that look alike, what a workbook hides, and what stays unapplied."""

from tests.club import ISSUE, MEMBER_COLUMNS, PAYMENT_COLUMNS
from tests.formats.register.made_up_files import raw_row, raw_workbook

NAME = str(ISSUE)


def write(club, name, content):
    path = club.folder / name
    path.write_bytes(content)
    return path


def test_a_code_page_is_named_or_asked_for(run, at):
    club = at("pulled")
    rows = "M900,individual,,club,P900,,Noël,,,,p900@example.org,en,,,,\n"
    file = write(club, "members.csv", f"{MEMBER_COLUMNS}\n{rows}".encode("cp850"))
    refused = run("register", "import", "--members", file, "--apply")
    assert refused.status == 1
    assert "can be read as" in refused.err
    assert "--encoding" in refused.err
    run.ok("register", "import", "--members", file, "--encoding", "cp850", "--apply")
    assert "Noël" in run.ok("person", "show", "P900").out
    names = rows.replace("Noël", "Hélène Lefèvre").replace("900", "901")
    western = write(club, "members.csv", f"{MEMBER_COLUMNS}\n{names}".encode("cp1252"))
    done = run.ok("register", "import", "--members", western, "--json")
    [note] = done.document["warnings"]
    assert note.startswith("members.csv is read as CP1252 (Windows, Western): Hélène, Lefèvre")


def test_cp1251_is_a_fact_and_no_note(run, at):
    club = at("pulled")
    row = "M902,individual,,club,P902,,,Анна Линдквист,,,p902@example.org,en,,,,"
    file = write(club, "members.csv", f"{MEMBER_COLUMNS}\n{row}\n".encode("cp1251"))
    done = run.ok("register", "import", "--members", file)
    assert done.err == ""
    assert "members.csv is read as CP1251 (Windows, Cyrillic): Анна, Линдквист" in done.out


def test_an_id_without_its_zeros_makes_no_second_person(run, at):
    club = at("pulled")
    rows = "0042,individual,,club,007,,Anna,,,,anna@members.example,en,,,,\n"
    run.ok("register", "import", "--members", write(club, "m.csv", f"{MEMBER_COLUMNS}\n{rows}".encode()), "--apply")
    again = rows.replace("0042", "42").replace("007", "7")
    members = write(club, "m.csv", f"{MEMBER_COLUMNS}\n{again}".encode())
    payments = write(club, "p.csv", f"{PAYMENT_COLUMNS}\n42,2018-01-01,2018-12-31,50000,RUB,,,R1\n".encode())
    refused = run("register", "import", "--members", members, "--payments", payments, "--apply")
    assert refused.status == 1
    assert "m.csv, row 2, column person: 7 differs only by leading zeros from 007, which is known" in refused.err
    assert "p.csv, row 2, column membership: 42 differs only by leading zeros from 0042" in refused.err


def test_a_formula_without_its_value_applies_nothing(run, at):
    club = at("pulled")
    content = raw_workbook(raw_row(2, '<c r="E2"><f>DATE(2018,5,31)</f></c>'), raw_row(3, person="P2"))
    refused = run("register", "import", "--members", write(club, "register.xlsx", content), "--apply", "--json")
    assert refused.status == 1
    assert "register.xlsx, sheet members, row 2, column ended_on (cell E2): the cell has a formula" in refused.err
    assert refused.document["applied"] is False


def test_a_persian_name_is_a_name(run, at):
    club = at("pulled")
    name = "علی\u200cزاده"
    row = f"M903,honorary,,club,P903,,{name},,Dear {name},,p903@example.org,en,,,,"
    file = write(club, "members.csv", f"{MEMBER_COLUMNS}\n{row}\n".encode())
    run.ok("register", "import", "--members", file, "--apply")
    run.ok("issue", "preview", NAME, "--person", "P903", "--out", club.folder / "look")
    assert any(name in path.read_text() for path in (club.folder / "look").iterdir() if path.suffix == ".txt")
