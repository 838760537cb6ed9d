"""Whatever table tells of a person, the export tells it too; and it tells of no one else."""

import json
from datetime import date

import pytest
from sqlalchemy import Connection, Table, insert, select, update

from mailer.app.installation import App
from mailer.domain.delivery import Rejected, Reply
from mailer.domain.errors import NotFound
from mailer.domain.membership import Pause
from mailer.pipeline.bounces import preferences
from mailer.pipeline.bounces.holds import hold_by_hand
from mailer.pipeline.register.erase import erase
from mailer.pipeline.register.export_person import export_person
from mailer.store.columns import metadata
from mailer.store.schema import history, letters, reports, seats, wishes
from mailer.views.json_text import ENCODER
from mailer.views.personal_data import personal_data_document
from tests.club import Club, begin, copies
from tests.doubles import FrozenClock
from tests.pipeline.register.test_erase import ADDRESS, OTHERS, PERSON, TRACES, boris
from tests.pipeline.relayed import deliver
from tests.reported import DOMAIN, bounce, come, path_of

DEAD = Rejected(reply=Reply(code=550, status="5.1.1", text=f"<{ADDRESS}>: no such user"))


def told(app: App) -> str:
    own = export_person(app.context, PERSON)
    return ENCODER.encode(personal_data_document(own.person, own.at, own.rows))


def tells(connection: Connection, table: Table) -> bool:
    rows = connection.execute(select(table)).all()
    return any(trace in repr(row).replace("M-Kestrel", "") for row in rows for trace in TRACES)


def test_every_table_that_tells_of_the_person_is_in_the_export(club: Club, clock: object) -> None:
    club.settle(bounces={"return_path_domain": DOMAIN})
    with club.opened(clock) as app:
        begin(app, [*OTHERS, boris()])
        deliver(app, {"desk001@members.example": DEAD})
        copy = copies(app)[PERSON]
        path = path_of(app, copy)
        come(app, bounce(path, ADDRESS, message_id=copy.message_id), path)
        hold_by_hand(app.context, ADDRESS, "by telephone")
        preferences.pause_for(app.context, PERSON, Pause(first=date(2018, 8, 1), last=None))
        with app.store.reading() as connection:
            telling = {table.name for table in metadata.sorted_tables if tells(connection, table)}
        records = json.loads(told(app))["records"]
        assert {"deliveries", "recipients", "reports", "raw_reports", "holds", "own_pauses"} <= telling
        assert telling <= {name for name, rows in records.items() if rows}
        assert records["attempts"][0]["outcome"] == "accepted"
        assert records["deliveries"][0]["issue"] == "harbour-letter/41"
        assert "No such user here" in records["raw_reports"][0]["content"]
        with app.store.reading() as connection:
            entries = select(history.c.verb).where(history.c.subject == PERSON).order_by(history.c.id)
            given = connection.execute(entries).scalars().all()
        assert given[-1] == "export"


def test_the_person_can_read_it(app: App) -> None:
    """Money has its currency, and no field the name of a column."""
    begin(app, [*OTHERS, boris()])
    deliver(app)
    records = json.loads(told(app))["records"]
    assert {(row["amount"], row["paid from"]) for row in records["payments"]} == {("50000.00 RUB", "2018-01-01")}
    assert not [name for rows in records.values() for row in rows for name in row if "_" in name]


# What a column about a person is called, besides those that name a copy, a membership or a report of theirs.
PERSONAL = {"person", "people", "name", "names", "address", "mailbox", "recipient", "salutation", "phone", "members"}
NOT_OF_MEMBERS = {
    "users": "who works at the console; no member is one by that",
    "drafts": "the files of an import that is not applied, for minutes, of the whole register",
    "leases": "its names are those of jobs",
    "looks": "its names are those of jobs",
    "passkeys": "a user's",
    "revision_files": "its names are those of files",
}


def test_every_table_with_a_column_about_a_person_is_exported(app: App) -> None:
    begin(app, [*OTHERS, boris()])
    personal = {table.name for table in metadata.sorted_tables if PERSONAL & set(table.c.keys())}
    while True:
        naming = {
            table.name
            for table in metadata.sorted_tables
            if any(key.column.table.name in personal - NOT_OF_MEMBERS.keys() for key in table.foreign_keys)
        }
        if naming <= personal:
            break
        personal |= naming
    exported = set(json.loads(told(app))["records"])
    assert personal - exported == set(NOT_OF_MEMBERS)
    assert {"attempts", "failures", "payments", "raw_reports", "wishes"} <= exported


def test_what_was_done_to_the_membership_and_a_report_is_told(app: App) -> None:
    begin(app, [*OTHERS, boris()])
    come(app, bounce("", ADDRESS), "")
    with app.store.transaction() as connection:
        (report,) = connection.execute(select(reports.c.id)).scalars()
        connection.execute(update(reports).values(person=PERSON, delivery=None))
        (membership,) = connection.execute(select(seats.c.membership).where(seats.c.person == PERSON)).scalars()
        app.context.record(connection, "settle", f"report {report}")
        app.context.record(connection, "payment", membership)
        app.context.record(connection, "settle", f"report {report}1")
    verbs = [(row["verb"], row["subject"]) for row in json.loads(told(app))["records"]["history"]]
    assert ("settle", f"report {report}") in verbs
    assert ("payment", membership) in verbs
    assert ("settle", f"report {report}1") not in verbs


def test_of_letters_it_tells_what_names_the_person_and_no_one_else(app: App, clock: FrozenClock) -> None:
    begin(app, [*OTHERS, boris()])
    wish = {
        "newsletter": "harbour-letter",
        "language": "en",
        "kind": "pause",
        "at": clock.now(),
        "before": {},
        "after": {},
    }
    named = [{"person": PERSON, "why": "full"}, {"person": "P001", "why": "full"}]
    held = [
        {"address": ADDRESS, "people": ["P001", PERSON], "names": ["Anna", "Boris"]},
        {"address": ADDRESS, "people": ["P002"], "names": ["Another"]},
    ]
    with app.store.transaction() as connection:
        own, other = (
            connection.execute(insert(wishes).values(**wish, person=person).returning(wishes.c.id)).scalar_one()
            for person in (PERSON, "P001")
        )
        letter = {"made_at": clock.now(), "sent_at": None}
        rows = [
            (
                "daily letter",
                "2018-07-12",
                "secretary@club.example",
                {"open": named, "open_more": 0, "held": named[1:]},
            ),
            ("daily letter", "2018-07-13", ADDRESS, {"open": named[1:]}),  # the secretary is a member
            ("daily letter", "2018-07-14", "secretary@club.example", {"held": held}),
            ("alarm", "1", "operator@club.example", {"cause": "failure", "said": f"<{ADDRESS}> is unknown"}),
            ("alarm", "2", "operator@club.example", {"cause": "size"}),
            ("alarm", "3", "operator@club.example", {"cause": "failure", "said": f"<anna.{ADDRESS}> is unknown"}),
            ("alarm", "4", "operator@club.example", {"cause": "failure", "said": f"{ADDRESS}.example is unknown"}),
            ("wish-done", f"harbour-letter/wish-{own}", ADDRESS, {"name": "Boris"}),
            ("wish-done", f"harbour-letter/wish-{other}", ADDRESS, {"name": "Another"}),
            ("member-wish", f"harbour-letter/wish-{own}-done", "secretary@club.example", {"name": "Boris"}),
        ]
        for kind, about, recipient, facts in rows:
            values = {"kind": kind, "about": about, "recipient": recipient, "facts": facts}
            connection.execute(insert(letters).values(values | letter))
    records = json.loads(told(app))["records"]["letters"]
    assert [(row["kind"], row["recipient"], row["facts"]) for row in records] == [
        ("daily letter", "", {"open": named[:1]}),
        ("daily letter", ADDRESS, {}),
        ("daily letter", "", {"held": [{"address": ADDRESS, "people": [PERSON], "names": []}]}),
        ("alarm", "", {"said": f"<{ADDRESS}> is unknown"}),
        ("wish-done", ADDRESS, {"name": "Boris"}),
        ("member-wish", "", {"name": "Boris"}),
    ]


def test_it_tells_of_no_one_else(app: App) -> None:
    begin(app, [*OTHERS, boris()])
    deliver(app)
    text = told(app)
    assert ADDRESS in text
    assert not [name for name in ("desk001", "Reader001", "desk002", "P002") if name in text]


def test_one_who_is_not_known_or_erased(app: App) -> None:
    begin(app, [*OTHERS, boris()])
    deliver(app)
    erase(app.context, PERSON)
    with pytest.raises(NotFound, match="there is no person 'P-Kestrel'"):
        export_person(app.context, PERSON)
