"""The first issue: a real one, to a register of twenty-four people of whom fourteen may have it."""

import csv
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, a_relay
from tests.club import Club, readable

NAME = "russia-confidential/253"
SCHEDULE = """
[newsletter]
id = "russia-confidential"
[source]
url = "{issues}"
[send]
undo_minutes = 0
"""
# All fees of the season of 2018, the last that is known, and who is offered which: everybody has paid for 2018, so
# that only the two years are left to be paid. One person has paid for these, and is ahead.
FEES = {"50 000", "90 000", "80 000", "140 000"}
OFFERED = {"individual": {"90 000"}, "corporate": {"140 000"}, "complimentary": {"90 000"}, "honorary": set()}
AHEAD = {"P003"}


def test_the_first_issue_reaches_who_may_have_it_and_nobody_else(
    run: Terminal, seed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    club = installed(tmp_path, seed)
    monkeypatch.setenv("MAILER_CONFIG", str(club.config))
    rows = {row["person"]: row for row in table(seed / "members.csv")}
    expected = table(seed / "expected-circulation.csv")
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port})
        run.ok("register", "import", "--members", seed / "members.csv", "--payments", seed / "payments.csv", "--apply")
        run.ok("pull")
        planned = run.ok("--json", "plan", NAME).document
        assert [
            {"person": one["person"], "decision": one["decision"], "reason": one["reason"], "editions": " ".join(one["editions"])}
            for one in planned["people"]
        ] == expected  # fmt: skip
        run.ok("test", NAME, "--to", "editor@club.example")
        assert {received.recipient for received in relay.received} == {"editor@club.example"}
        relay.received.clear()
        run.ok("--yes", "approve", NAME)
        run.ok("--yes", "send", NAME, "--wait")

    copies = {
        (copy["address"], copy["copy_number"]): copy for copy in run.ok("--json", "delivery", "list", NAME).document
    }
    assert sorted(number for _, number in copies) == list(range(1, 17))
    editions = {one["person"]: one["editions"].split() for one in expected}
    assert sorted((copy["person"], copy["language"]) for copy in copies.values()) == sorted(
        (person, language) for person, languages in editions.items() for language in languages
    )
    assert len(relay.received) == 16
    for received in relay.received:
        text = readable(received.message)
        (copy,) = [one for one in copies.values() if f"Message-ID: {one['message_id']}" in text]
        member, language = rows[copy["person"]], copy["language"]
        assert received.recipient == copy["address"]
        assert f"Content-Language: {language}" in text
        assert member[f"salutation_{language}"] in text
        line = {"en": "Copy No. {}", "ru": "Экземпляр № {}"}[language].format(copy["copy_number"])
        assert f"{line} · {member[f'name_{language}']}" in text
        offered = set() if copy["person"] in AHEAD else OFFERED[member["kind"]]
        assert {fee for fee in FEES if fee in text} == offered
        for other in rows.values():
            assert other is member or not [word for word in words(other) if word in text]

    report = run.ok("--json", "report", NAME).document
    assert report["balanced"]
    assert (report["considered"], report["recipients"], report["copies"]) == (24, 14, 16)
    assert report["excluded"] == {
        "expired": 2,
        "unpaid": 2,
        "underpaid": 1,
        "not_yet_started": 1,
        "ended": 1,
        "paused": 1,
        "not_in_circulation": 1,
        "no_address": 1,
    }
    assert report["deliveries"]["accepted"] == 16
    assert report["state"] == "closed"


def installed(folder: Path, seed: Path) -> Club:
    club = Club(folder / "club")
    (club.folder / "schedules").mkdir(parents=True)
    (club.folder / "schedules" / "russia-confidential.toml").write_text(SCHEDULE.format(issues=seed / "issues"))
    (club.folder / "schedules" / "fees.toml").write_bytes((seed / "fees.toml").read_bytes())
    (club.folder / "mailer.key").write_text("5a" * 32)
    return club


def table(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def words(member: dict[str, str]) -> list[str]:
    """Every word that would show that a message is about this person."""
    return [member[key] for key in ("name_en", "name_ru", "salutation_en", "salutation_ru") if member[key]]
