"""What a secretary is told to do about a report: a sentence for each matter, with commands that can be typed as they stand."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from mailer.domain.bounce import FailureReason, ReportKind, Way
from mailer.domain.matter import Matter, NamedBy
from mailer.domain.person import ReportSubject
from mailer.domain.report import Report
from mailer.views import returned_mail

ISSUE = "harbour-letter/41"
ANNA = ReportSubject(name="Anna Lindqvist", in_register=True, addresses=frozenset({"anna@members.example"}))
REPORT = Report(
    id=12,
    place=0,
    kind=ReportKind.BOUNCE,
    reason=FailureReason.USER_UNKNOWN,
    hard=True,
    status="5.1.1",
    code=550,
    recipient="anna@members.example",
    original_recipient=None,
    final_recipient=None,
    action="failed",
    diagnostic="550 5.1.1 No such user here",
    reporting_mta="",
    rule="",
    returns_on=None,
    successor=None,
    sender="",
    subject="",
    delivery=3,
    named_by=NamedBy.RETURN_PATH,
    person="P101",
    forwarded=False,
    matter=Matter.BOUNCED,
    way=Way.LISTENER,
    arrived_at=datetime(2026, 11, 25, 20, 1, tzinfo=UTC),
    settled_at=None,
    settled_by=None,
    issue=ISSUE,
    language="en",
    address="Anna@members.example",
    copy_number=3,
)
LIFT = "`mailer hold lift Anna@members.example`"
AGAIN = f"`mailer unsent {ISSUE} --send`"
TO_DO = [
    (
        {"reason": FailureReason.MAILBOX_FULL},
        f"tell P101 Anna Lindqvist another way; when the mailbox takes mail again {LIFT}, then {AGAIN}",
    ),
    ({"reason": FailureReason.SPAM}, f"the operator must find out why; when it is fixed {LIFT}, then {AGAIN}"),
    ({"reason": FailureReason.BLOCKED}, f"the operator must find out why; when it is fixed {LIFT}, then {AGAIN}"),
    (
        {"reason": FailureReason.TIMEOUT},
        f"ask P101 Anna Lindqvist whether the address is right; when it is {LIFT}, then {AGAIN}",
    ),
    (
        {"forwarded": True, "final_recipient": "anna@home.example"},
        (
            "tell P101 Anna Lindqvist that what is forwarded to anna@home.example does not arrive; "
            f"when it is fixed {LIFT}, then {AGAIN}"
        ),
    ),
    (
        {"matter": Matter.COMPLAINED, "recipient": "other@home.example"},
        "nothing is held: the copy was passed on to other@home.example, and called spam there; tell P101 Anna Lindqvist",
    ),
    ({"matter": Matter.COMPLAINED}, f"ask whether they still want it; when they do, {LIFT}"),
    (
        {"matter": Matter.WANTS_NO_MORE},
        "ask P101 Anna Lindqvist; nothing was changed: `mailer person pause P101` pauses the copies, the membership stays",
    ),
    (
        {"matter": Matter.WANTS_NO_MORE, "person": ""},
        (
            "find out who it is (`mailer bounce show 12`) and ask; nothing was changed: "
            "`mailer person pause PERSON` pauses the copies, the membership stays"
        ),
    ),
    (
        {"matter": Matter.CHALLENGED},
        "answer it as it asks (`mailer bounce show 12`), or ask P101 Anna Lindqvist to let our sender through",
    ),
    (
        {"matter": Matter.MOVED},
        "ask whether Anna@members.example is still right for P101 Anna Lindqvist; `mailer bounce show 12` shows the answer",
    ),
    (
        {"matter": Matter.UNNAMED, "person": "", "delivery": None},
        "nothing was changed; find out which copy it means: `mailer bounce show 12`",
    ),
]


@pytest.mark.parametrize(("fields", "said"), TO_DO)
def test_what_is_to_be_done(fields: dict[str, object], said: str) -> None:
    assert returned_mail.to_do(replace(REPORT, **fields), ANNA) == said


def test_nothing_is_to_be_done_for_who_is_gone() -> None:
    assert returned_mail.to_do(REPORT, ReportSubject()) == "nothing, P101 is not in the register any more"


def test_no_address_makes_another_command_of_it() -> None:
    report = replace(REPORT, matter=Matter.COMPLAINED, recipient=None, address="o'brien`id`@members.example")
    assert returned_mail.to_do(report, ANNA).endswith("""lift 'o'"'"'brien`id`@members.example'`""")


def test_every_kind_is_said() -> None:
    for kind in ReportKind:
        assert returned_mail.statement(replace(REPORT, kind=kind))
    late = replace(REPORT, kind=ReportKind.DELAYED, reason=FailureReason.MAILBOX_FULL, hard=None, diagnostic="452 full")
    assert (
        returned_mail.statement(late) == "not yet delivered, the server goes on trying: the mailbox is full: 452 full"
    )
    away = replace(
        REPORT,
        kind=ReportKind.AUTOREPLY,
        hard=None,
        subject="Away",
        returns_on=date(2026, 12, 1),
        successor="b@x.example",
    )
    assert (
        returned_mail.statement(away)
        == "an automatic answer, back on 2026-12-01, now b@x.example: “Away” from an unknown sender"
    )
    assert len(returned_mail.statement(replace(REPORT, diagnostic="x" * 1000))) < 260


def test_who_is_a_guess_is_marked() -> None:
    unnamed = replace(REPORT, delivery=None, issue="", address="", copy_number=None, matter=Matter.UNNAMED)
    assert returned_mail.headline(unnamed, ANNA).endswith(": probably P101 Anna Lindqvist <anna@members.example>")
    assert returned_mail.headline(replace(unnamed, person="", recipient=None), ReportSubject()).endswith(
        ": an unknown person"
    )


def test_what_a_report_was_known_by_names_another_address() -> None:
    forwarded = replace(REPORT, final_recipient="anna@home.example", reporting_mta="mx.home.example", rule="a rule")
    assert returned_mail.origin_lines(forwarded)[1:] == [
        "the server that reports: mx.home.example",
        "the address that it is about: anna@home.example",
        "how it was read: a rule",
    ]
