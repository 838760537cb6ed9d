"""Commands about people: finding, pausing, holding an address by hand, listing payments; each names the person."""

import json

import pytest

from tests.club import ISSUE, Club

NAME = str(ISSUE)


@pytest.fixture
def club(at) -> Club:
    return at("planned")


@pytest.mark.usefixtures("club")
def test_people_are_found_by_a_part(run):
    assert [one["person"] for one in run.ok("person", "find", "читатель", "--json").document] == [
        *("P001", "P002", "P003", "P004")
    ]
    assert run.ok("person", "find", "M003", "--json").document[0]["name"] == "Reader003"
    nothing = run("person", "find", "two", "words", "--json")
    assert (nothing.status, nothing.document) == (1, [])
    assert "'two words'" in nothing.err


@pytest.mark.usefixtures("club")
def test_a_pause_by_hand_holds_until_it_ends_and_no_import_ends_it(run, club):
    paused = run.ok("person", "pause", "reader001", "--from", "2018-07-01", "--until", "2018-07-12")
    assert paused.out.startswith("P001 Reader001 is paused at their wish, from 2018-07-01 until 2018-07-12; ")
    run.ok("register", "import", "--members", club.folder / "members.csv", "--apply")
    why = run.ok("why", "P001", NAME, "--json").document
    assert (why["decision"], why["reason"]) == ("excluded", "paused")
    shown = run.ok("person", "show", "P001", "--json").document
    assert shown["own_pause"] == {
        "newsletter": None,
        "from": "2018-07-01",
        "until": "2018-07-12",
        "since": shown["own_pause"]["since"],
    }
    assert shown["unsubscribed_at"] is None
    listed = {each["person"]: each["own_pause"] for each in run.ok("person", "list", "--json").document}
    assert listed["P001"] == shown["own_pause"]
    assert listed["P002"] is None
    assert "paused at their wish, from 2018-07-01 until 2018-07-12" in run.ok("person", "list").out
    assert "paused at their wish, from 2018-07-01 until 2018-07-12" in run.ok("person", "show", "P001").out
    run.ok("person", "pause", "P001", "--from", "2018-07-01", "--until", "2018-07-11")
    assert run.ok("why", "P001", NAME, "--json").document["decision"] == "recipient"


@pytest.mark.usefixtures("club")
def test_a_pause_is_ended_by_resuming(run):
    run.ok("person", "pause", "P001", "--from", "2018-07-01")
    assert run.ok("why", "P001", NAME, "--json").document["reason"] == "paused"
    asked = run("person", "resume", "P001")
    assert asked.status == 1
    assert "P001 Reader001: paused at their wish, from 2018-07-01, without an end. Send them the next" in asked.err
    run.ok("person", "resume", "P001", "--yes")
    assert run.ok("why", "P001", NAME, "--json").document["decision"] == "recipient"
    wrong = run("person", "pause", "P001", "--from", "2018-07-01", "--until", "2018-06-30")
    assert (wrong.status, "2018-06-30, before it begins" in wrong.err) == (1, True)


def test_a_pause_names_the_plan_that_would_differ_and_holds_waiting_copies(run, at):
    at("approved")
    paused = run.ok("person", "pause", "P001", "--from", "2018-07-01", "--json")
    assert [plan["issue"] for plan in paused.document["plans"]] == [NAME]
    assert paused.document["plans"][0]["people"][0]["name"] == "Reader001"


@pytest.mark.usefixtures("club")
def test_an_address_is_held_by_hand_with_its_reason(run):
    held = run.ok("hold", "set", "DESK001@members.example", "--why", "she left the desk", "--json").document
    assert held["people"] == [{"person": "P001", "name": "Reader001", "membership": "M001"}]
    (listed,) = run.ok("hold", "list", "--json").document
    assert (listed["reason"], listed["why"], listed["people"][0]["name"]) == (
        "by_hand",
        "she left the desk",
        "Reader001",
    )
    assert "she left the desk" in run.ok("hold", "list").out
    assert run.ok("why", "P001", NAME, "--json").document["reason"] == "address_held"
    assert run.ok("delivery", "list", NAME, "--state", "held", "--json").document[0]["name"] == "Reader001"
    assert "is held already" in run("hold", "set", "desk001@members.example", "--why", "again").err
    assert "no member has the address" in run("hold", "set", "desk999@members.example", "--why", "x").err
    run.ok("hold", "lift", "desk001@members.example")
    assert run.ok("why", "P001", NAME, "--json").document["decision"] == "recipient"


@pytest.mark.usefixtures("club")
def test_payments_are_listed_with_the_name_and_paid_until(run):
    (payment,) = run.ok("payment", "list", "reader001", "--json").document
    assert (payment["membership"], payment["name"], payment["amount"]) == ("M001", "Reader001", "50000")
    assert "M001 Reader001, individual: paid until 2018-12-31" in run.ok("payment", "list", "m001").out
    assert run.ok("payment", "list", "P004").out == "M004 Reader004, individual: nothing was paid\n"


@pytest.mark.usefixtures("club")
def test_every_document_with_a_person_has_the_name(run):
    planned = run.ok("plan", NAME, "--json").document["people"]
    copies = run.ok("delivery", "list", NAME, "--json").document
    documents = [
        *planned,
        *copies,
        run.ok("delivery", "show", str(copies[0]["id"]), "--json").document,
        run.ok("person", "show", "P001", "--json").document,
        run.ok("why", "P001", NAME, "--json").document,
    ]
    for document in documents:
        assert document["name"] == document["person"].replace("P", "Reader")


def test_an_erased_person_is_called_erased(run, at):
    at("begun")
    run.ok("person", "erase", "Reader001", "--yes")
    names = {one["person"]: one["name"] for one in run.ok("delivery", "list", NAME, "--json").document}
    assert names["erased-1"] == "erased"
    assert "erased-1 (erased)" in run.ok("delivery", "list", NAME).out


def test_all_that_is_kept_about_a_person_is_given_out(club, run):
    printed = run.ok("person", "export", "P001")
    assert printed.document["person"] == "P001"
    assert printed.document["records"]["deliveries"][0]["state"] == "pending"
    assert "hand it to this person alone" in run.ok("person", "export", "P001", "--out", club.folder / "out").out
    file = club.folder / "out" / "P001.json"
    assert json.loads(file.read_text())["records"]["deliveries"] == printed.document["records"]["deliveries"]
    assert file.stat().st_mode & 0o077 == 0
