"""Shows returned mail: the JSON and the lines of `bounce list`, `show` and `ingest`, and what a secretary does about it."""

from collections.abc import Mapping
from shlex import quote

from mailer.domain.address import Address
from mailer.domain.bounce import FailureReason, ReportKind, Way, failed_elsewhere
from mailer.domain.matter import Matter, NamedBy
from mailer.domain.names import label
from mailer.domain.person import ReportSubject
from mailer.domain.report import Reading, Report
from mailer.views.local_time import local_minute, local_time
from mailer.views.plain_words import FAILURES, trouble

# So many characters of a server's words stand in a table, and in a line of their own.
MOST_IN_TABLE = 80
MOST_IN_LINE = 160
_KINDS: Mapping[ReportKind, str] = {
    ReportKind.BOUNCE: "the copy did not arrive",
    ReportKind.DELAYED: "not yet delivered, the server goes on trying",
    ReportKind.DELIVERED: "the copy arrived",
    ReportKind.COMPLAINT: "a complaint",
    ReportKind.AUTOREPLY: "an automatic answer",
    ReportKind.CHALLENGE: "a machine wants a person to answer before it lets the copy through",
    ReportKind.MDN: "a note that the copy was read, or deleted unread",
    ReportKind.UNSUBSCRIBE: "a request for no more copies",
    ReportKind.OTHER: "a mail that is no known report, perhaps a letter",
}
_NAMED: Mapping[NamedBy | None, str] = {
    NamedBy.RETURN_PATH: "it came to the copy's own return path",
    NamedBy.MESSAGE_ID: "it shows our signature of the copy, such as its Message-ID",
    NamedBy.ENVELOPE_ID: "it shows what we signed in the copy's envelope",
    NamedBy.UNSUBSCRIBE: "it came to the address by which the copy's reader unsubscribes",
    None: "it names no copy of ours that may still come back",
}
_WAYS: Mapping[Way, str] = {
    Way.LISTENER: "through the listener",
    Way.IMAP: "through the mailbox",
    Way.MAILDIR: "through the Maildir",
    Way.FILE: "as a file",
}
# Kinds of which the reason says more than the kind.
_WITH_REASON = frozenset({ReportKind.BOUNCE, ReportKind.DELAYED, ReportKind.COMPLAINT})
_FIELDS = (
    "id", "kind", "reason", "hard", "status", "code", "recipient", "final_recipient", "diagnostic", "reporting_mta",
    "rule", "returns_on", "successor", "sender", "subject", "delivery", "named_by", "person", "issue", "address",
    "copy_number", "forwarded", "matter", "way", "arrived_at", "settled_at", "settled_by",
)  # fmt: skip


def report_document(report: Report) -> dict[str, object]:
    """A report for programs."""
    return {field: getattr(report, field) for field in _FIELDS}


def reading_document(reading: Reading) -> dict[str, object]:
    """What has just been read from a mail, for programs."""
    return {
        "kind": reading.kind.value,
        "reason": reading.reason.value,
        "hard": reading.hard,
        "delivery": reading.delivery,
    }


def reading_line(reading: Reading, names: Mapping[str, str]) -> str:
    """The same for people, with the names of the register beside their ids."""
    copy = f"delivery {reading.delivery} of {label(reading.person, names.get(reading.person, ''))}"
    if reading.delivery is None:
        copy = "names no copy of ours that may still come back"
    return f"{describe_shortly(reading)}, {copy}"


def report_lines(report: Report, subject: ReportSubject, *, is_open: bool) -> list[str]:
    """A report in a list: what it says and what to do, or in one line why nothing is to be done."""
    if not is_open:
        return [f"{headline(report, subject)}: {explain_settled(report)}"]
    return [
        headline(report, subject),
        *indent(statement(report), *ending(report, subject, is_open=True)),
    ]


def ending(report: Report, subject: ReportSubject, *, is_open: bool, shown: bool = False) -> list[str]:
    """What to do about a report, or why nothing is to be done."""
    if is_open:
        return [f"to do: {to_do(report, subject, shown=shown)}"]
    return ["it needs no attention" if report.matter is None else explain_settled(report)]


def indent(*lines: str) -> list[str]:
    """These lines, under a headline."""
    return [f"   {line}" for line in lines]


def describe(report: Report) -> str:
    """What a report says, in a few words, its kind first."""
    return f"{describe_shortly(report)}{_details(report)}"


def describe_shortly(reading: Reading) -> str:
    """The kind, and the reason where it is known."""
    has_reason = reading.reason is not FailureReason.UNKNOWN and reading.kind in _WITH_REASON
    return f"{reading.kind}: {FAILURES['en'][reading.reason]}" if has_reason else str(reading.kind)


def shorten(words: str, most: int = MOST_IN_TABLE) -> str:
    """So much of a server's words as is shown; `--json` and `mailer bounce show` have all."""
    return words if len(words) <= most else f"{words[: most - 1]}…"


def headline(report: Report, subject: ReportSubject) -> str:
    """The report's number and matter, when it came, and whose copy it is about; a guess is marked "probably"."""
    matter = report.matter or report.kind
    return f"{report.id} {matter}, {local_minute(report.arrived_at)}: {_owner(report, subject)}"


def statement(report: Report, *, most: int = MOST_IN_LINE) -> str:
    """What it says, with the server's own words or the mail's subject and sender."""
    if report.kind in _WITH_REASON:
        delayed = f"{_KINDS[report.kind]}: " if report.kind is ReportKind.DELAYED else ""
        quoted = f": {shorten(report.diagnostic, most)}" if report.diagnostic else ""
        return f"{delayed}{FAILURES['en'][report.reason]}{_details(report)}{quoted}"
    kind = ReportKind.UNSUBSCRIBE if report.matter is Matter.UNSUBSCRIBED else report.kind
    mail = f": {shorten(_mail(report), most)}" if report.subject or report.sender else ""
    return f"{_KINDS[kind]}{_details(report)}{mail}"


def explain_settled(report: Report) -> str:
    """Why nothing is to be done about it."""
    if report.settled_at is not None:
        return f"settled on {local_minute(report.settled_at)} by {report.settled_by}"
    if report.matter is None:
        return statement(report)
    return "another copy for the same reader is there or on its way"


def origin_lines(report: Report) -> list[str]:
    """How its copy was found, how and when it came, which server and which rule spoke, and the mail's own head."""
    server = [f"the server that reports: {report.reporting_mta}"] if report.reporting_mta else []
    failed = report.final_recipient or report.recipient
    about = [f"the address that it is about: {failed}"] if failed and failed != report.address else []
    rule = [f"how it was read: {report.rule}"] if report.rule else []
    mail = [_mail(report)] if report.kind in _WITH_REASON and (report.subject or report.sender) else []
    arrival = f"it came {_WAYS[report.way]} at {local_time(report.arrived_at)}"
    return [f"{_NAMED[report.named_by]}; {arrival}", *server, *about, *rule, *mail]


def to_do(report: Report, subject: ReportSubject, *, shown: bool = False) -> str:
    """What a person does about it, as commands that can be typed as they stand; `shown`: its mail stands below."""
    typed_person, whose = quote(report.person), label(report.person, subject.name)
    look = "see its text" if shown else f"`mailer bounce show {report.id}`"
    match report.matter:
        case Matter.BOUNCED:
            return _to_do_about_bounce(report, subject)
        case Matter.COMPLAINED if failed_elsewhere(report.recipient, report.address):
            return f"nothing is held: the copy was passed on to {report.recipient}, and called spam there; tell {whose}"
        case Matter.COMPLAINED:
            return f"ask whether they still want it; when they do, `mailer hold lift {quote(report.address)}`"
        case Matter.WANTS_NO_MORE:
            ask = f"ask {whose}" if report.person else f"find out who it is ({look}) and ask"
            whom = typed_person if report.person else "PERSON"
            return f"{ask}; nothing was changed: `mailer person pause {whom}` pauses the copies, the membership stays"
        case Matter.UNSUBSCRIBED:
            return (
                "nothing, or ask why: the copies are paused, the membership is not; "
                f"`mailer person resume {typed_person}` when they want them again"
            )
        case Matter.CHALLENGED:
            return f"answer it as it asks ({look}), or ask {whose} to let our sender through"
        case Matter.MOVED:
            return f"ask whether {report.address} is still right for {whose}; {look} shows the answer"
        case Matter.UNREAD:
            return f"read it and answer it: {look}"
        case _:
            guess = f", `mailer person show {typed_person}`" if report.person else ""
            return f"nothing was changed; find out which copy it means: {look}{guess}"


def _to_do_about_bounce(report: Report, subject: ReportSubject) -> str:
    whose = label(report.person, subject.name)
    send_again = f"`mailer unsent {report.issue} --send`"
    lift = f"`mailer hold lift {quote(report.address)}`"
    if not subject.in_register:
        return f"nothing, {whose} is not in the register any more"
    if Address.from_wire(report.address).normal not in subject.addresses:
        return f"the register has another address by now: {send_again}"
    if subject.owed:
        return f"nothing about the reader: many came back with the same words; when the cause is removed, {send_again}"
    if report.forwarded:
        target = report.final_recipient or report.recipient
        return (
            f"tell {whose} that what is forwarded to {target} does not arrive; "
            f"when it is fixed {lift}, then {send_again}"
        )
    match trouble(report.reason):
        case "address":
            return (
                f"put the right address of {whose} into the register; or, when it is right, {lift}; then {send_again}"
            )
        case "mailbox":
            return f"tell {whose} another way; when the mailbox takes mail again {lift}, then {send_again}"
        case "content" | "sender":
            return f"the operator must find out why; when it is fixed {lift}, then {send_again}"
        case _:
            return f"ask {whose} whether the address is right; when it is {lift}, then {send_again}"


def _mail(report: Report) -> str:
    return f"“{report.subject}” from {report.sender or 'an unknown sender'}"


def _owner(report: Report, subject: ReportSubject) -> str:
    address = report.address or report.recipient or report.sender
    name = label(report.person, subject.name)
    guess = "probably " if report.delivery is None else ""
    owner = " ".join([f"{guess}{name}" if name else "an unknown person", *([f"<{address}>"] if address else [])])
    return f"{owner}, {report.issue} copy No. {report.copy_number}" if report.issue else owner


def _details(report: Report) -> str:
    hard = ", for good" if report.hard else ""
    forwarded = f", forwarded to {report.final_recipient or report.recipient}" if report.forwarded else ""
    facts = (("back on", report.returns_on), ("now", report.successor))
    return f"{hard}{forwarded}" + "".join(f", {name} {value}" for name, value in facts if value)
