"""A month of a club: a member lapses, another pays late, an editor corrects the issue, the relay refuses and delays."""

import re
from decimal import Decimal

from mailer.store import letters
from tests.cli.terminal import Terminal, a_relay
from tests.club import ISSUE, THURSDAY, Club, Member, members, readable
from tests.scripted_relay import Phase
from tests.stories.conftest import standing

NAME = str(ISSUE)
PEOPLE = members(20)


def ready(run: Terminal, club: Club, people: list[Member]) -> None:
    """Import, pull, plan and approve by the commands."""
    register(run, club, people)
    run.ok("pull")
    run.ok("plan", NAME)
    run.ok("--yes", "approve", NAME)


def register(run: Terminal, club: Club, people: list[Member]) -> None:
    club.write_register(people)
    files = ("--members", club.folder / "members.csv", "--payments", club.folder / "payments.csv")
    run.ok("--yes", "register", "import", *files, "--apply")


def pay(run: Terminal, member: Member, amount: Decimal) -> None:
    period = ("--from", "2018-01-01", "--to", "2018-12-31")
    run.ok("--yes", "payment", "add", f"M{member.number:03}", *period, "--amount", str(amount), "--currency", "RUB")


def test_a_member_lapses_after_the_plan_and_gets_no_byte(run: Terminal, club: Club) -> None:
    lapsed = PEOPLE[4]
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port})
        ready(run, club, PEOPLE)
        pay(run, lapsed, Decimal(-50000))
        refused = run("--yes", "send", NAME, "--wait")
        assert (refused.status, relay.received) == (1, [])
        assert f"no copy any more for {lapsed.person}" in refused.err
        sent = run("--yes", "send", NAME, "--wait", "--as-planned")
        assert sent.status == 1
        assert f"{lapsed.person} Reader005, en: held: nothing is paid for the issue’s date" in sent.err
        assert standing(club) == {"accepted": 19, "held": 1}
        assert lapsed.email not in {received.recipient for received in relay.received}
        why = run.ok("--json", "why", lapsed.person, NAME).document
        assert (why["decision"], why["reason"], why["frozen"]["decision"]) == ("excluded", "unpaid", "recipient")
        (held,) = run.ok("--json", "delivery", "list", NAME, "--state", "held").document
        assert "not entitled now (unpaid)" in run("--yes", "delivery", "release", str(held["id"])).err
        pay(run, lapsed, Decimal(50000))
        run.ok("--yes", "delivery", "release", str(held["id"]))
        run.ok("--yes", "send", NAME, "--wait")
        assert standing(club) == {"accepted": 20}


def test_a_late_payer_catches_up(run: Terminal, club: Club) -> None:
    late = Member(number=21, paid=0)
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port})
        ready(run, club, [*PEOPLE, late])
        run.ok("--yes", "send", NAME, "--wait")
        assert run.ok("--json", "unsent", NAME).document["people"] == []
        pay(run, late, Decimal(50000))
        (owed,) = run.ok("--json", "unsent", NAME).document["people"]
        paid = {"decision": "recipient", "reason": "paid", "editions": ["en"]}
        assert owed == {"person": late.person, "name": "Reader021", **paid}
        account = run.ok("--json", "report", NAME).document
        assert (account["gained"], account["gained_people"]) == (
            [late.person],
            [{"person": late.person, "name": "Reader021"}],
        )
        run.ok("--yes", "unsent", NAME, "--send")
        run.ok("--yes", "send", NAME, "--wait")
        assert [received.recipient for received in relay.received[20:]] == [late.email]
        assert b"Copy No. 21" in relay.received[20].message
        report = run.ok("--json", "report", NAME).document
        assert (report["balanced"], report["recipients"], report["copies"], report["excluded"]) == (True, 21, 21, {})
        run.ok("--yes", "send", NAME, "--wait")  # nothing is left to do
        assert len(relay.received) == 21


def test_the_secretary_gets_a_digest_where_no_daemon_runs(run: Terminal, club: Club) -> None:
    unknown = PEOPLE[2]

    def moods(phase: Phase, _sender: str, recipient: str, _nth: int) -> str | None:
        return "550 5.1.1 No such user" if phase is Phase.RCPT and recipient == unknown.email else None

    with a_relay(script=moods) as relay:
        club.settle(smtp={"port": relay.port}, notify={"secretary": "secretary@club.example"})
        ready(run, club, PEOPLE)
        for _ in range(2):
            assert run("--yes", "send", NAME, "--wait").status == 1
        digest, daily = [readable(one.message) for one in relay.received if one.recipient == "secretary@club.example"]
        assert f"Subject: {NAME}: sent, " in digest
        assert "Subject: 1 item waits for you" in daily
        assert unknown.email in digest
        assert unknown.email in daily
        found = {one["what"]: one for one in run("--json", "check").document}
        assert found["letters"] == {"what": "letters", "ok": True, "said": "none wait"}
        assert found["letters: templates"]["ok"]


def test_a_letter_that_cannot_leave_is_told_by_check_and_harms_no_mailing(run: Terminal, club: Club) -> None:
    def moods(phase: Phase, _sender: str, recipient: str, _nth: int) -> str | None:
        return "550 5.1.1 No such desk" if phase is Phase.RCPT and recipient.startswith("secretary") else None

    with a_relay(script=moods) as relay:
        club.settle(smtp={"port": relay.port}, notify={"secretary": "secretary@club.example"})
        ready(run, club, PEOPLE)
        run.ok("--yes", "send", NAME, "--wait")
        found = {one["what"]: one for one in run("--json", "check").document}
        assert found["letters"] == {"what": "letters", "ok": True, "said": "1 wait, the last failure: 550 No such desk"}
        with club.opened() as app, app.store.transaction() as connection:
            for _ in range(3):
                [letter] = letters.waiting(connection, THURSDAY)
                letters.failed(connection, letter, "550 No such desk", THURSDAY)
        found = {one["what"]: one for one in run("--json", "check").document}
        assert not found["letters"]["ok"]


def test_an_issue_that_was_edited_after_its_approval_is_refused(run: Terminal, club: Club) -> None:
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port})
        ready(run, club, PEOPLE)
        club.write_issue(more="A word that nobody approved.")
        pulled = run("pull")
        assert pulled.status == 1
        assert f"mailer withdraw {NAME}" in pulled.err
        run.ok("withdraw", NAME)
        run.ok("pull")
        refused = run("--yes", "send", NAME, "--wait")
        assert refused.status == 1
        assert "edited since it was planned" in refused.err
        assert relay.connections == 0
        run.ok("plan", NAME)
        assert "is not approved" in run("--yes", "send", NAME, "--wait").err
        run.ok("--yes", "approve", NAME)
        run.ok("--yes", "send", NAME, "--wait")
        assert sum(b"nobody approved" in received.message for received in relay.received) == 20


def test_the_relay_refuses_one_and_delays_another(run: Terminal, club: Club) -> None:
    unknown, busy = PEOPLE[2], PEOPLE[7]

    def moods(phase: Phase, _sender: str, recipient: str, nth: int) -> str | None:
        if phase is Phase.RCPT and recipient == unknown.email:
            return "550 5.1.1 No such user"
        return "451 4.7.1 Greylisted" if phase is Phase.RCPT and recipient == busy.email and nth == 1 else None

    with a_relay(script=moods) as relay:
        club.settle(smtp={"port": relay.port}, delivery={"retry_minutes": 0.001})
        ready(run, club, PEOPLE)
        sent = run("--yes", "send", NAME, "--wait")
        while "deferred until" in sent.err:
            sent = run("--yes", "send", NAME, "--wait")
        assert sent.status == 1
        assert re.findall(r"delivery \d+, (P\d+) Reader", sent.err) == [unknown.person]
        assert "550 5.1.1 No such user" in sent.err
        assert standing(club) == {"accepted": 19, "rejected": 1}
        rows = {copy["person"]: copy for copy in run.ok("--json", "delivery", "list", NAME).document}
        assert (rows[busy.person]["attempts"], rows[busy.person]["last_code"]) == (2, 250)
        shown = run.ok("--json", "delivery", "show", str(rows[busy.person]["id"])).out
        assert "Greylisted" in shown
        # The person refused is owed a copy once the register has another address.
        assert run.ok("--json", "unsent", NAME).document["people"] == []
        register(run, club, [Member(number=unknown.number, address="new003@members.example")])
        run.ok("--yes", "unsent", NAME, "--send")
        assert run("--yes", "send", NAME, "--wait").status == 1  # the first one stays rejected
        assert relay.received[-1].recipient == "new003@members.example"
        assert run.ok("--json", "report", NAME).document["balanced"]


def test_pause_resume_and_cancel_before_anything_leaves(run: Terminal, club: Club) -> None:
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port})
        ready(run, club, PEOPLE)
        queued = run("--yes", "send", NAME)
        assert (queued.status, "is queued, but no daemon runs" in queued.err) == (1, True)
        run.ok("pause", NAME)
        assert f"mailer resume {NAME}" in run("--yes", "send", NAME, "--wait").err
        run.ok("--yes", "resume", NAME)
        run.ok("--yes", "cancel", NAME)
        assert (relay.connections, standing(club)) == (0, {"cancelled": 20})
        report = run.ok("--json", "report", NAME).document
        assert (report["state"], report["balanced"], report["deliveries"]["cancelled"]) == ("cancelled", True, 20)
