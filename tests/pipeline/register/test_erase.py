"""Whoever is erased stands nowhere any more, and the accounts still balance."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from mailer.app.installation import App
from mailer.domain.delivery import Rejected, Reply, State
from mailer.domain.errors import NotFound, Refused
from mailer.domain.membership import Pause
from mailer.pipeline.bounces import preferences
from mailer.pipeline.mailings.deliveries import list_deliveries
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.report import distribution_report
from mailer.pipeline.mailings.supplement import find_missing_copies, send_supplement
from mailer.pipeline.register import erase, people
from mailer.store import letters
from mailer.store.columns import metadata
from mailer.store.members import load_register
from mailer.store.schema import history
from mailer.views.person import person_lines
from tests.club import ISSUE, Club, Member, begin, copies, import_register, members, pull_issues, states
from tests.doubles import FrozenClock
from tests.pipeline.relayed import LATER, NEVER, claim, deliver
from tests.reported import DOMAIN, Refusal, bounce, come, complaint, letter, path_of, unsubscribe_path_of

# Unlike anything that is there anyway.
BORIS = Member(
    number=77,
    more={
        "membership": "M-Kestrel",
        "person": "P-Kestrel",
        "organisation": "Kestrel-House",
        "name_en": "Kestrel-Name",
        "salutation_en": "Kestrel-Salutation",
        "email": "kestrel-desk@members.example",
    },
)
TRACES = ("kestrel", "Kestrel")
PERSON, ADDRESS = "P-Kestrel", "kestrel-desk@members.example"
OTHERS = members(3)


def boris(**more: str) -> Member:
    return replace(BORIS, membership="M-Kestrel", more=BORIS.more | more)


def everything(app: App) -> str:
    """Every cell of every table."""
    with app.store.transaction() as connection:
        return "\n".join(repr(row) for table in metadata.sorted_tables for row in connection.execute(select(table)))


def test_nothing_of_the_person_is_left_in_any_table(app: App) -> None:
    begin(app, [*OTHERS, boris()])
    words = Reply(code=550, status="5.1.1", text=f"<{ADDRESS}>: no such user")
    deliver(app, {ADDRESS: Rejected(reply=words)})
    assert all(trace in everything(app) for trace in ("P-Kestrel", "Kestrel-Name", ADDRESS, "Kestrel-Salutation"))
    alias = erase.erase(app.context, PERSON)
    assert alias == "erased-1"
    # The membership's own id and payments are not the person's.
    left = everything(app).replace("M-Kestrel", "")
    assert not [line for line in left.splitlines() if any(trace in line for trace in TRACES)]
    assert "Reader002" in left


@pytest.mark.sqlite
def test_nothing_of_the_person_is_left_in_the_file(club: Club, clock) -> None:
    with club.opened(clock) as app:
        begin(app, [*OTHERS, boris()])
        deliver(app)
        erase.erase(app.context, PERSON)
    octets = b"".join(file.read_bytes() for file in club.folder.glob("mailer.db*"))
    assert b"desk002@members.example" in octets
    assert b"M-Kestrel" in octets
    assert not [trace for trace in TRACES if trace.encode() in octets.replace(b"M-Kestrel", b"")]


def test_the_report_still_balances_and_names_an_alias(app: App) -> None:
    begin(app, [*OTHERS, boris(), Member(number=8, paid=0)])
    deliver(app)
    before = distribution_report(app.context, ISSUE).balance
    assert erase.erase(app.context, PERSON) == "erased-1"
    assert erase.erase(app.context, "P008") == "erased-2"
    after = distribution_report(app.context, ISSUE)
    assert after.balance == before
    assert after.balance.balanced
    aliases = {decision.person: decision for decision in after.decisions if decision.person.startswith("erased")}
    assert [(name, decision.decision, decision.evidence) for name, decision in aliases.items()] == [
        ("erased-1", "recipient", ()),
        ("erased-2", "excluded", ()),
    ]
    [copy] = [copy for copy in list_deliveries(app.context, ISSUE, None) if copy.person == "erased-1"]
    assert (copy.state, copy.address, copy.copy.name, copy.copy.salutation) == ("accepted", "", "", "")
    with app.store.transaction() as connection:
        erased = select(history.c.subject).where(history.c.verb == "erase").order_by(history.c.id)
        rows = connection.execute(erased).scalars().all()
    assert rows == ["erased-1", "erased-2"]


def test_the_history_of_the_person_stays_as_it_was_under_the_id(app: App) -> None:
    begin(app, [*OTHERS, boris()])
    preferences.pause_for(app.context, PERSON, Pause(first=date(2018, 8, 1), last=None))
    with app.store.reading() as connection:
        before = connection.execute(select(history).order_by(history.c.id)).all()
    assert [row.verb for row in before if row.subject == PERSON] == ["pause"]
    erase.erase(app.context, PERSON)
    with app.store.reading() as connection:
        after = connection.execute(select(history).order_by(history.c.id)).all()
    assert after[:-1] == before
    assert (after[-1].verb, after[-1].subject) == ("erase", "erased-1")
    assert erase.erase(app.context, "P001") == "erased-2"


def test_an_alias_is_the_same_in_every_mailing_and_no_other_ones(app: App, club: Club) -> None:
    begin(app, [*OTHERS, boris()])
    deliver(app, {ADDRESS: NEVER})
    import_register(app, [boris(email="kestrel-new@members.example")])
    send_supplement(app.context, ISSUE)
    deliver(app)
    assert len([copy for copy in list_deliveries(app.context, ISSUE, None) if copy.person == PERSON]) == 2
    alias = erase.erase(app.context, PERSON)
    assert len([copy for copy in list_deliveries(app.context, ISSUE, None) if copy.person == alias]) == 2
    assert distribution_report(app.context, ISSUE).balance.balanced
    assert erase.erase(app.context, "P001") == "erased-2"


def test_who_is_erased_gets_nothing_more(app: App) -> None:
    begin(app, [*OTHERS, boris()])
    deliver(app, {ADDRESS: LATER, OTHERS[0].email: LATER})
    erase.erase(app.context, PERSON)
    assert states(app) == {"accepted": 2, "cancelled": 1, "pending": 1}
    with app.store.transaction() as connection:
        register = load_register(connection)
    assert PERSON not in {seat.person for seat in register.seats}
    assert register.memberships["M-Kestrel"].organisation == ""
    assert [payment.membership for payment in register.payments].count("M-Kestrel") == 1
    assert find_missing_copies(app.context, ISSUE).people == ()


def test_a_held_copy_is_cancelled_too(app: App) -> None:
    begin(app, [boris()])
    import_register(app, [boris(pause_from="2018-07-01")])
    deliver(app)
    assert states(app) == {"held": 1}
    erase.erase(app.context, PERSON)
    assert states(app) == {"cancelled": 1}


def test_the_other_representative_keeps_the_organisation(app: App) -> None:
    firm = {"kind": "corporate", "membership": "M-Firm", "paid": 80000}
    first = Member(number=1, more={"organisation": "Delta", "seat": "1"}, **firm)
    second = Member(number=2, more={"organisation": "Delta", "seat": "2"}, **firm | {"paid": 0})
    begin(app, [first, second])
    erase.erase(app.context, "P001")
    with app.store.transaction() as connection:
        register = load_register(connection)
    assert register.memberships["M-Firm"].organisation == "Delta"
    assert [seat.person for seat in register.seats] == ["P002"]
    # The seat is free for a successor.
    import_register(app, [replace(first, number=3)])
    assert copies(app)["P002"].state == "pending"


def test_a_copy_that_is_being_handed_over_is_waited_for(app: App) -> None:
    begin(app, [*OTHERS, boris()])
    claim(app)
    with pytest.raises(Refused, match="a copy for P-Kestrel is being sent right now; try again in a minute"):
        erase.erase(app.context, PERSON)
    assert copies(app)[PERSON].copy.name == "Kestrel-Name"


def test_nobody_is_erased_twice(app: App) -> None:
    import_register(app, [boris()])
    erase.erase(app.context, PERSON)
    with pytest.raises(NotFound, match="there is no person 'P-Kestrel'"):
        erase.erase(app.context, PERSON)
    with pytest.raises(NotFound):
        people.find_person(app.context, PERSON)


def test_who_has_left_the_register_is_still_found_in_the_mailings(app: App) -> None:
    begin(app, [*OTHERS, boris()])
    deliver(app)
    first = erase.erase(app.context, PERSON)
    assert erase.erase(app.context, first) != PERSON
    assert distribution_report(app.context, ISSUE).balance.balanced


def test_a_name_that_looks_like_an_alias_stands_in_nobodys_way(app: App) -> None:
    import_register(app, [boris(person="erased-by-mistake"), *OTHERS])
    pull_issues(app)
    plan_mailing(app.context, ISSUE)
    assert erase.erase(app.context, "P001") == "erased-1"


def test_an_erasure_is_a_change_of_the_register(app: App) -> None:
    begin(app, [*OTHERS, boris()])
    erase.erase(app.context, PERSON)
    assert deliver(app) == [member.email for member in OTHERS]


def test_a_person_can_be_looked_up_with_payments_and_copies(app: App) -> None:
    begin(app, [*OTHERS, boris()])
    deliver(app)
    record = people.find_person(app.context, PERSON)
    assert [copy.state for _, copy in record.copies] == [State.ACCEPTED]
    assert person_lines(record)[0] == "person P-Kestrel Kestrel-Name"
    assert [entry.seat.person for entry in people.each_entry(app.context)] == ["P-Kestrel", "P001", "P002", "P003"]


def test_nothing_of_what_came_back_about_the_person_is_left(app: App, club: Club, clock) -> None:
    given = {"bounces": {"return_path_domain": DOMAIN}, "notify": {"operator": "operator@club.example"}}
    club.settle(**given)
    with club.opened(clock) as opened:
        begin(opened, [*OTHERS, boris()])
        deliver(opened)
        copy = copies(opened)[PERSON]
        for path, mail in (
            (path_of(opened, copy), bounce(path_of(opened, copy), ADDRESS, Refusal(550, "5.7.26", f"{ADDRESS} no"))),
            (path_of(opened, copy), complaint(path_of(opened, copy), ADDRESS)),
            (unsubscribe_path_of(opened, copy), letter(unsubscribe_path_of(opened, copy), "No more", sender=ADDRESS)),
            ("", bounce(failed=ADDRESS)),
        ):
            come(opened, mail, path)
        told = everything(opened)
        assert told.count(ADDRESS) > 10
        erase.erase(opened.context, PERSON)
        left = everything(opened).replace("M-Kestrel", "")
        assert not [line for line in left.splitlines() if any(trace in line for trace in TRACES)]
        assert distribution_report(opened.context, ISSUE).balance.deliveries["bounced"] == 1


def test_of_letters_that_wait_only_those_that_name_the_person_are_deleted(app: App, clock: FrozenClock) -> None:
    begin(app, [*OTHERS, boris()])
    letters_that_wait = {
        "longer id": {"open": [{"person": f"{PERSON}-2", "why": "full"}]},
        "longer address": {"said": f"<anna.{ADDRESS}> is full"},
        "own id": {"said": f"nobody is here:\n{PERSON}"},
        "own address": {"replies": {"last": [f"<{ADDRESS}> is full"]}},
        "own item": {"held": [{"people": [PERSON], "names": ["Boris"]}, {"people": ["P001"], "names": ["Anna"]}]},
    }
    with app.store.transaction() as connection:
        for about, facts in letters_that_wait.items():
            letters.add(connection, kind="alarm", about=about, recipient="o@club.example", facts=facts, now=clock.now())
    erase.erase(app.context, PERSON)
    with app.store.reading() as connection:
        left = {letter.about: letter.facts for letter in letters.waiting(connection, clock.now())}
    kept = {about: letters_that_wait[about] for about in ("longer id", "longer address")}
    assert left == kept | {"own item": {"held": [{"people": ["P001"], "names": ["Anna"]}]}}
