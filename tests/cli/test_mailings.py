"""From pull to report by hand: what each command does, prints and returns, with a real relay where one is needed."""

import json
import re

import pytest
from sqlalchemy import select

from mailer.domain.delivery import State
from mailer.store.columns import metadata
from mailer.views.names import NAMED
from tests.cli.terminal import a_relay
from tests.club import ISSUE, LETTER, Club, import_register, members, readable
from tests.scripted_relay import Misbehaviour, Phase

NAME = str(ISSUE)


def deliver_to(club, relay, **more):
    club.settle(smtp={"port": relay.port, **more})


def test_an_issue_from_the_folder_to_the_report(run, at):
    club = at("founded")
    register = (
        "register",
        "import",
        "--members",
        club.folder / "members.csv",
        "--payments",
        club.folder / "payments.csv",
    )
    assert "with --apply does it" in run.ok(*register).out
    assert run.ok("person", "list", "--json").document == []
    assert run.ok(*register, "--apply").out.endswith("applied\n")
    assert run.ok(*register, "--apply").out == "the register is as the files say: nothing changes\n"
    assert "stored" in run.ok("pull").out
    assert run.ok("pull", "--json").document[0]["finding"] == "known"
    with a_relay() as relay:
        deliver_to(club, relay)
        assert (
            f"{NAME}: 3 copies for 3 of 4 people\n  not to:\n    1 unpaid: P004 Reader004\n" == run.ok("plan", NAME).out
        )
        assert f"1 test message of {NAME} sent to editor@club.example" in run.ok("test", NAME).out
        [note] = run.ok("approve", NAME).err.splitlines()  # it was tested, but its date is long past
        assert "its date 2018-07-12 is" in note
        sent = run.ok("send", NAME, "--wait", "--yes", "--json")
        assert sent.document["deliveries"]["accepted"] == 3
    assert len(relay.received) == 4
    assert "Subject: [TEST]" in readable(relay.received[0].message)
    assert sorted(one.recipient for one in relay.received[1:]) == [f"desk00{n}@members.example" for n in (1, 2, 3)]
    report = run.ok("report", NAME, "--json").document
    assert report == {
        "issue": NAME,
        "state": "closed",
        "considered": 4,
        "recipients": 3,
        "copies": 3,
        "excluded": {"unpaid": 1},
        "deliveries": {state.value: 3 if state is State.ACCEPTED else 0 for state in State},
        "balanced": True,
        "gained": [],
        "gained_people": [],
        "without_address": [],
        "partly_paid": [],
        "needing_a_person": 0,
        "cancelled_supplements": [],
    }
    assert run.ok("report", NAME).out == (
        f"Distribution report of {NAME} (closed)\n"
        "  4 people considered = 3 recipients + 1 excluded\n"
        "    1 unpaid: P004 Reader004\n"
        "  3 copies = 3 accepted\n"
        "  The report balances.\n"
    )
    again = run.ok("send", NAME, "--wait", "--yes")
    assert again.out.startswith(f"{NAME} is closed: 3 of 3 copies done (3 accepted)\n")
    assert len(relay.received) == 4


def test_an_approval_of_what_was_not_tested_is_noted(run, at):
    at("planned")
    said = run("approve", NAME)
    assert said.status == 0
    first, second = said.out.splitlines()
    assert first == f"{NAME} is approved: 3 copies"
    assert re.fullmatch(
        r"  does not leave by itself, because no daemon runs \(its time: \w+day \d+ \w+ \d{4}, 10:00 London time "
        rf"\(Europe/London\)\); `mailer send {NAME} --wait` sends it",
        second,
    )
    assert f"note: no test mailing of exactly this was sent; `mailer test {NAME}`" in said.err


def test_a_test_mailing_goes_to_editors_only(run, at):
    club = at("planned")
    with a_relay() as relay:
        deliver_to(club, relay)
        stranger = run("test", NAME, "--to", "desk001@members.example")
        assert (stranger.status, stranger.out) == (1, "")
        assert "desk001@members.example may not get test mailings of harbour-letter" in stranger.err
        nonsense = run("test", NAME, "--to", "editor")
        assert nonsense.status == 1
        unpaid = run("test", NAME, "--person", "P004", "--yes")
        assert unpaid.status == 1
        assert f"P004 Reader004 is not entitled to {NAME} (unpaid)" in unpaid.err
        asked = run("test", NAME, "--person", "P001")
        assert asked.status == 1
        assert "The name and dates of P001 Reader001 go to the editors. There is no terminal to ask in" in asked.err
        assert relay.received == []
        assert run.ok("test", NAME, "--person", "P001", "--yes", "--json").document["messages"] == 1
        (received,) = relay.received
    assert received.recipient == "editor@club.example"
    assert "Reader001" in readable(received.message)
    assert run.ok("delivery", "list", NAME, "--state", "pending", "--json").document[0]["attempts"] == 0


def test_a_test_mailing_that_the_relay_refuses_is_status_one(run, at):
    club = at("planned")
    with a_relay(script=lambda phase, *_: "550 5.7.1 not today" if phase is Phase.RCPT else None) as relay:
        deliver_to(club, relay)
        said = run("test", NAME)
    assert said.status == 1
    assert "the test to editor@club.example was not accepted: 550 not today" in said.err
    assert said.out.startswith("0 test messages")


@pytest.mark.parametrize("step", ["pulled", "planned"])
def test_what_is_not_approved_is_not_sent(run, at, step):
    club = at(step)
    with a_relay() as relay:
        deliver_to(club, relay)
        said = run("send", NAME, "--wait", "--yes")
    assert said.status == 1
    assert said.err.endswith(f"mailer: {NAME} is not approved: test it first; `mailer approve {NAME}` approves it\n")
    assert relay.received == []


def test_without_a_daemon_send_queues_and_says_so(run, at):
    at("approved")
    said = run("send", NAME, "--yes", "--json")
    assert said.status == 1
    assert said.document["state"] == "sending"
    assert f"{NAME} is queued, but no daemon runs; `mailer send {NAME} --wait` sends it from here" in said.err
    assert run.ok("status", NAME, "--json").document["deliveries"]["pending"] == 3


def test_each_copy_that_is_not_accepted_has_its_line(run, at):
    club = at("approved")

    def script(phase, _sender, recipient, _nth):
        if phase is Phase.RCPT:
            return {"1": "550 5.1.1 no such user", "2": "451 4.7.1 later, please"}.get(recipient[6])
        return Misbehaviour.DROP if phase is Phase.END else None

    with a_relay(script=script) as relay:
        deliver_to(club, relay, connections=1)
        said = run("send", NAME, "--wait", "--yes")
    assert said.status == 1
    rejected, deferred, uncertain = said.err.splitlines()
    assert "delivery 1, P001 Reader001, en: rejected (550 5.1.1 no such user); correct the address" in rejected
    assert "delivery 2, P002 Reader002, en: pending, deferred until 20" in deferred
    assert "(451 4.7.1 later, please)" in deferred
    assert "delivery 3, P003 Reader003, en: uncertain" in uncertain
    assert "`mailer delivery settle 3 --as accepted` or `--as resend`" in uncertain
    assert f"{NAME} is sending: 2 of 3 copies done (1 pending, 1 rejected, 1 uncertain)" in said.out
    report = run.ok("report", NAME).out
    assert all(line.removeprefix("mailer: ") in report for line in (rejected, deferred, uncertain))
    # What is uncertain is settled by a person, what is refused is looked at with the relay's own words.
    assert run.ok("delivery", "list", NAME, "--state", "rejected", "--json").document[0]["last_text"] == "no such user"
    shown = run.ok("delivery", "show", "1", "--json").document
    assert [(one["code"], one["status"], one["outcome"]) for one in shown["timeline"]] == [(550, "5.1.1", "rejected")]
    assert "550" in run.ok("delivery", "show", "1").out
    twice = run("delivery", "settle", "3", "--as", "resend")
    assert twice.status == 1
    assert "Delivery 3 may have arrived; P003 Reader003 may get it twice. There is no terminal to ask in" in twice.err
    assert run.ok("delivery", "settle", "3", "--as", "accepted").out == "delivery 3 is settled: accepted\n"
    again = run("delivery", "settle", "3", "--as", "accepted")
    assert (again.status, again.err) == (
        1,
        "mailer: delivery 3 is accepted, not uncertain: there is nothing to settle\n",
    )


def test_a_relay_that_is_down_uses_up_nothing(run, at, monkeypatch):
    monkeypatch.setattr("mailer.pipeline.sending.wait.DOWN", 1)  # wait for it no longer
    club = at("approved")
    club.settle(smtp={"port": 1})
    said = run("send", NAME, "--wait", "--yes")
    assert said.status == 1
    assert "the relay is down: " in said.err
    assert "3 copies wait, no attempt is used up" in said.err
    assert {one["attempts"] for one in run.ok("delivery", "list", NAME, "--json").document} == {0}
    assert run("test", NAME).status == 1


@pytest.mark.parametrize(
    ("until", "told"),
    [((), "until `mailer domain lift members.example`"), (("--until", "2999-11-30"), "until 2999-11-30")],
)
def test_waiting_ends_when_only_a_suspended_domain_is_left(run, at, until, told):
    club = at("approved")
    run.ok("domain", "suspend", "members.example", "--reason", "they asked", *until)
    with a_relay() as relay:
        deliver_to(club, relay)
        said = run("send", NAME, "--wait", "--yes")
    assert (said.status, relay.received) == (1, [])
    assert f"members.example gets nothing {told}" in said.err
    assert "they asked; its copies wait, no attempt is used up" in said.err
    assert "relay is down" not in said.err
    assert "nothing leaves to members.example" in said.out


@pytest.mark.parametrize(
    ("smtp", "limits", "told"),
    [
        ({"new_relay_per_hour": 1}, {}, "no more may leave through 127.0.0.1 for now"),
        ({}, {"domain": [{"name": "members.example", "per_minute": 1}]}, "a limit of [[domain]] is reached"),
    ],
)
def test_a_limit_that_is_reached_is_no_relay_that_is_down(run, at, monkeypatch, smtp, limits, told):
    monkeypatch.setattr("mailer.pipeline.sending.wait.IDLE", 1)  # wait for it no longer
    club = at("approved")
    with a_relay() as relay:
        club.settle(smtp={"port": relay.port} | smtp, **limits)
        said = run("send", NAME, "--wait", "--yes")
    assert (said.status, len(relay.received)) == (1, 1)
    assert told in said.err
    assert "2 copies wait, no attempt is used up" in said.err
    assert "relay is down" not in said.err


def test_pause_resume_cancel(run, at):
    club = at("begun")
    with a_relay() as relay:
        deliver_to(club, relay)
        assert run.ok("pause", NAME, "--json").document == {"issue": NAME, "state": "paused"}
        paused = run("send", NAME, "--wait", "--yes")
        assert (paused.status, paused.err) == (1, f"mailer: {NAME} is paused; `mailer resume {NAME}` goes on with it\n")
        assert relay.received == []
        twice = run("pause", NAME)
        assert (twice.status, twice.err) == (1, f"mailer: {NAME} is paused, not sending: there is nothing to pause\n")
        asked = run("resume", NAME)
        assert asked.status == 1
        assert f"3 copies of {NAME} go on to members. There is no terminal to ask in" in asked.err
        assert run.ok("resume", NAME, "--yes").out == f"{NAME} goes on\n"
        assert run("resume", NAME).err == f"mailer: {NAME} is sending, not paused: there is nothing to resume\n"
        asked = run("cancel", NAME)
        assert asked.status == 1
        final = f"Cancelling {NAME} is final: no copy has left, 3 copies never will."
        assert f"{final} It cannot be planned, approved, sent or resumed afterwards. There is no terminal" in asked.err
        again = f"`mailer issue drop --help` says how {NAME} is taken back, so that `mailer pull` takes it anew"
        done = f"{NAME} is cancelled: no copy has left, 3 copies never will; {again}\n"
        assert run.ok("cancel", NAME, "--yes").out == done
        assert run.ok("report", NAME, "--json").document["deliveries"]["cancelled"] == 3
        refusal = f"mailer: {NAME} is cancelled, which is final; no copy of it has left; {again}\n"
        for command in (
            ["cancel"],
            ["plan"],
            ["approve"],
            ["send", "--wait"],
            ["send", "--dry-run", "out"],
            ["resume"],
        ):
            gone = run(command[0], NAME, *command[1:], "--yes")
            assert (gone.status, gone.err) == (1, refusal), command
        assert relay.received == []


def test_withdraw_opens_the_issue_again(run, at):
    club = at("approved")
    club.write_issue(more="A line that came late.")
    refused = run("pull")
    assert refused.status == 1
    assert "withdraw first" in refused.err
    assert run.ok("withdraw", NAME).out == f"the approval of {NAME} is withdrawn\n"
    assert "revision 2" in run.ok("pull").out
    stale = run("approve", NAME)
    assert stale.status == 1
    assert "the issue was edited since it was planned" in stale.err
    assert run("withdraw", NAME).status == 1


def test_a_late_payer_is_owed_a_copy_and_gets_one(run, at):
    club = at("begun")
    with a_relay() as relay:
        deliver_to(club, relay)
        assert run("unsent", NAME, "--send", "--yes").out == f"0 copies of {NAME} are owed\n"
        run.ok("send", NAME, "--wait", "--yes")
        paid = ("--yes", "payment", "add", "M004", "--from", "2018-01-01", "--to", "2018-12-31", "--amount", "50000")
        assert (
            run.ok(*paid).out
            == "50000 RUB entered for M004 Reader004, 2018-01-01 to 2018-12-31; paid until 2018-12-31\n"
        )
        owed = run.ok("unsent", NAME, "--json").document
        assert owed["people"] == [
            {"person": "P004", "name": "Reader004", "decision": "recipient", "reason": "paid", "editions": ["en"]}
        ]
        assert (
            f"entitled now and without a copy: P004 Reader004; see `mailer unsent {NAME}`" in run.ok("report", NAME).out
        )
        asked = run("unsent", NAME, "--send")
        assert asked.status == 1
        assert len(relay.received) == 3
        assert run("unsent", NAME, "--send", "--yes").status == 0
        run.ok("send", NAME, "--wait", "--yes")
        assert "Copy No. 4" in readable(relay.received[3].message)
    assert len(relay.received) == 4
    report = run.ok("report", NAME, "--json").document
    assert (report["recipients"], report["copies"], report["excluded"], report["balanced"]) == (4, 4, {}, True)


def dumped(club: Club) -> list[str]:
    """Every row of the database as text."""
    with club.opened() as app, app.store.reading() as connection:
        return [f"{table.name} {row}" for table in metadata.sorted_tables for row in connection.execute(select(table))]


def test_a_dry_run_writes_every_copy_and_changes_nothing(run, at):
    club = at("pulled")
    before = dumped(club)
    said = run.ok("send", NAME, "--dry-run", "look", "--json")
    assert said.document["copies"] == 3
    assert len(said.document["files"]) == 3
    assert dumped(club) == before


def test_why_tells_now_and_as_planned(run, at):
    at("planned")
    assert run.ok("why", "P001", NAME).out.startswith(
        f"P001 Reader001, {NAME} of 12 July 2018:\n"
        "  copy No. 1 (en) to desk001@members.example has not left yet: the mailing waits for an approval: "
        f"`mailer approve {NAME}`; approved now, and once a daemon runs, its time is "
    )
    assert run.ok("why", "P001", NAME).out.endswith("\n  by the register now, entitled to it: paid for 2018\n")
    run.ok("--yes", "payment", "add", "M004", "--from", "2018-01-01", "--to", "2018-12-31", "--amount", "50000")
    found = run.ok("why", "P004", NAME, "--json").document
    assert (found["decision"], found["reason"], found["rule"]) == ("recipient", "paid", 6)
    assert (found["frozen"]["decision"], found["frozen"]["reason"]) == ("excluded", "unpaid")


def test_an_erased_person_leaves_a_ledger_that_balances_and_no_trace(run, at):
    club = at("approved")
    asked = run("person", "erase", "P001")
    assert asked.status == 1
    assert run.ok("person", "show", "P001").status == 0
    erased = run.ok("person", "erase", "P001", "--yes").out
    assert erased.startswith("P001 is erased; the ledger keeps erased-1. Remove the row from your own table too")
    assert run("person", "show", "P001").status == 1
    with a_relay() as relay:
        deliver_to(club, relay)
        run("send", NAME, "--wait", "--yes")
    assert {one.recipient for one in relay.received} == {"desk002@members.example", "desk003@members.example"}
    report = run.ok("report", NAME, "--json").document
    assert report["balanced"]
    assert report["considered"] == 4
    dump = "\n".join(dumped(club))
    assert "Reader002" in dump
    assert "Reader001" not in dump
    assert "desk001" not in dump
    assert "Friend001" not in dump


def test_plan_names_who_was_gained_and_lost(run, at):
    club = at("pulled")
    run.ok("plan", NAME)
    club.write_issue(serial=42, number=8)
    run("pull")
    run.ok("--yes", "payment", "add", "M004", "--from", "2018-01-01", "--to", "2018-12-31", "--amount", "50000")
    run.ok("--yes", "payment", "add", "M001", "--from", "2018-01-01", "--to", "2018-12-31", "--amount", "-50000")
    said = run.ok("plan", f"{LETTER}/42", "--json")
    assert (said.document["gained"], said.document["lost"]) == (["P004"], ["P001"])
    assert said.document["lost_people"] == [{"person": "P001", "name": "Reader001"}]
    told = run.ok("plan", f"{LETTER}/42").out
    assert "since the previous issue: 1 more (P004 Reader004), 1 fewer (P001 Reader001)" in told
    assert json.loads(run.ok("status", "--json").out)[1]["issue"] == f"{LETTER}/42"
    first = run.ok("plan", NAME, "--json").document
    assert (first["gained"], first["lost"]) == ([], [])


def test_a_plan_names_the_first_and_counts_the_rest_but_a_program_is_told_everybody(run, at):
    club = at("founded")
    many = members(NAMED + 3, paid=0)
    with club.opened() as app:
        import_register(app, [*many, *members(1, first=90)])
    run("pull")
    said = run.ok("plan", NAME).out
    assert f"    {len(many)} unpaid: P001 Reader001, P002 Reader002, " in said
    assert said.endswith(f", P{NAMED:03} Reader{NAMED:03} and 3 more\n")
    people = run.ok("plan", NAME, "--json").document["people"]
    assert [one["person"] for one in people] == [one.person for one in many] + ["P090"]
    assert people[0] == {
        "person": "P001",
        "name": "Reader001",
        "decision": "excluded",
        "reason": "unpaid",
        "editions": [],
    }
    paid = {"decision": "recipient", "reason": "paid", "editions": ["en"]}
    assert people[-1] == {"person": "P090", "name": "Reader090", **paid}
