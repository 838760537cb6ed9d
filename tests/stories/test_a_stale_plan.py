"""A plan goes stale: the import says so, the approval is refused, and as planned it goes with everybody accounted for."""

from dataclasses import replace

from tests.cli.terminal import Terminal, a_relay
from tests.club import ISSUE, Club, Member, members, readable
from tests.stories.conftest import standing

NAME = str(ISSUE)
PEOPLE = members(4)
LEAVES = replace(PEOPLE[1], more={"ended_on": "2018-07-01"})
JOINS = Member(number=9)


def register(run: Terminal, club: Club, people: list[Member], *options: str) -> tuple[str, dict[str, object]]:
    """Import by the command; returns the notes, and the document."""
    club.write_register(people)
    files = ("--members", club.folder / "members.csv", "--payments", club.folder / "payments.csv")
    said = run.ok("--yes", "--json", "register", "import", *files, *options)
    return said.err, said.document


def test_nothing_changes_in_silence_between_plan_and_letter(run: Terminal, club: Club) -> None:
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port}, notify={"secretary": "secretary@club.example"})
        register(run, club, PEOPLE, "--apply")
        run.ok("pull")
        run.ok("plan", NAME)
        changed = [PEOPLE[0], LEAVES, *PEOPLE[2:], JOINS]
        assert register(run, club, changed)[1]["plans"] == []  # the difference only: nothing is applied
        notes, document = register(run, club, changed, "--apply")
        assert f"the register has changed since {NAME} was planned; `mailer plan {NAME}` plans it" in notes
        assert "no copy any more for P002 Reader002 (the membership has ended for this person)" in notes
        assert "a copy in addition for P009 Reader009 (the fee is paid)" in notes
        [plan] = document["plans"]
        assert [(each["person"], each["change"]) for each in plan["people"]] == [("P002", "lost"), ("P009", "gained")]
        assert register(run, club, changed, "--apply")[1]["plans"] == []  # the same again changes nothing
        refused = run("--yes", "approve", NAME)
        assert refused.status == 1
        assert "P002 Reader002" in refused.err
        assert f"`mailer approve {NAME} --as-planned` approves it all the same" in refused.err
        run.ok("--yes", "approve", NAME, "--as-planned")
        paid = run.ok(
            *("--yes", "payment", "add", "M003", "--from", "2018-01-01", "--to", "2018-12-31", "--amount", "-50000")
        )
        assert f"the register has changed, and {NAME} goes out as approved" in paid.err
        again = run("--yes", "send", NAME, "--wait")
        assert (again.status, relay.received) == (1, [])
        assert "P003 Reader003" in again.err
        sent = run("--yes", "send", NAME, "--wait", "--as-planned")
        assert sent.status == 1
        assert standing(club) == {"accepted": 2, "held": 2}
        # Who gained it is owed, in the report and in the letter.
        assert [each["person"] for each in run.ok("--json", "unsent", NAME).document["people"]] == ["P009"]
        [digest] = [readable(mail.message) for mail in relay.received if mail.recipient == "secretary@club.example"]
        assert "P009 Reader009" in digest
        assert "Nothing waits for your decision" not in digest
        assert run.ok("--yes", "unsent", NAME, "--send", "--json").document["sent"]
        run("--yes", "send", NAME, "--wait")
        assert standing(club) == {"accepted": 3, "held": 2}
