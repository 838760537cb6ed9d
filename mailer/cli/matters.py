"""Says a report in sentences: what came back, of whose copy, and what a secretary does about it."""

from collections.abc import Mapping
from shlex import quote

from mailer.cli import console
from mailer.domain.address import Address
from mailer.domain.bounce import FailureReason, Matter, NamedBy, ReportKind, Way, is_elsewhere
from mailer.domain.person import ReportSubject
from mailer.domain.report import Reading, Report
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
    ReportKind.UNSUBSCRIBE: "somebody asks for no more copies",
    ReportKind.OTHER: "a mail that is no report we know, perhaps a letter",
}
_NAMED: Mapping[NamedBy | None, str] = {
    NamedBy.RETURN_PATH: "it came to the copy's own return path",
    NamedBy.MESSAGE_ID: "it shows the copy's Message-ID",
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


def what(report: Report) -> str:
    """What a report says, in a few words, its kind first."""
    return f"{in_short(report)}{_more(report)}"


def in_short(reading: Reading) -> str:
    """The kind, and the reason where it is known."""
    known = reading.reason is not FailureReason.UNKNOWN and reading.kind in _WITH_REASON
    return f"{reading.kind}: {FAILURES['en'][reading.reason]}" if known else str(reading.kind)


def shorten(words: str, most: int = MOST_IN_TABLE) -> str:
    """So much of a server's words as is shown; `--json` and `mailer bounce show` have all."""
    return words if len(words) <= most else f"{words[: most - 1]}…"


def head(one: Report, known: ReportSubject) -> str:
    """The report's number and matter, when it came, and of whose copy; who is only a guess is marked "probably"."""
    word = one.matter or one.kind
    return f"{one.id} {word}, {console.time_of(one.arrived_at)[:16]}: {_whose(one, known)}"


def said(one: Report, *, most: int = MOST_IN_LINE) -> str:
    """What it says, with the server's own words or the mail's subject and sender."""
    if one.kind in _WITH_REASON:
        late = f"{_KINDS[one.kind]}: " if one.kind is ReportKind.DELAYED else ""
        words = f": {shorten(one.diagnostic, most)}" if one.diagnostic else ""
        return f"{late}{FAILURES['en'][one.reason]}{_more(one)}{words}"
    kind = ReportKind.UNSUBSCRIBE if one.matter is Matter.UNSUBSCRIBED else one.kind
    mail = f": {shorten(_mail(one), most)}" if one.subject or one.sender else ""
    return f"{_KINDS[kind]}{_more(one)}{mail}"


def settled(one: Report) -> str:
    """Why nobody has to see to it."""
    if one.settled_at is not None:
        return f"settled on {console.time_of(one.settled_at)[:16]} by {one.settled_by}"
    if one.matter is None:
        return said(one)
    return "another copy for the same reader is there or on its way"


def known_by(one: Report) -> list[str]:
    """How its copy was found, how and when it came, which server and which rule spoke, and the mail's own head."""
    server = [f"the server that reports: {one.reporting_mta}"] if one.reporting_mta else []
    failed = one.final_recipient or one.recipient
    about = [f"the address that it is about: {failed}"] if failed and failed != one.address else []
    rule = [f"how it was read: {one.rule}"] if one.rule else []
    mail = [_mail(one)] if one.kind in _WITH_REASON and (one.subject or one.sender) else []
    came = f"it came {_WAYS[one.way]} at {console.time_of(one.arrived_at)}"
    return [f"{_NAMED[one.named_by]}; {came}", *server, *about, *rule, *mail]


def to_do(one: Report, known: ReportSubject, *, shown: bool = False) -> str:
    """What a person does about it, as commands that can be typed as they stand; `shown`: its mail stands below."""
    person = quote(one.person)
    look = "see its text" if shown else f"`mailer bounce show {one.id}`"
    match one.matter:
        case Matter.BOUNCED:
            return _bounced(one, known)
        case Matter.COMPLAINED if is_elsewhere(one.recipient, one.address):
            return (
                f"nothing is held: the copy was passed on to {one.recipient}, and called spam there; tell {one.person}"
            )
        case Matter.COMPLAINED:
            return f"ask whether they still want it; when they do, `mailer hold lift {quote(one.address)}`"
        case Matter.WANTS_NO_MORE:
            whom = f"ask {one.person}" if one.person else f"find out who it is ({look}) and ask"
            return f"{whom}; nothing was changed: a pause goes into the register's column pause_from"
        case Matter.UNSUBSCRIBED:
            return (
                "nothing, or ask why: the copies are paused, the membership is not; "
                f"`mailer person resume {person}` when they want them again"
            )
        case Matter.CHALLENGED:
            return f"answer it as it asks ({look}), or ask {one.person} to let our sender through"
        case Matter.MOVED:
            return f"ask whether {one.address} is still right for {one.person}; {look} shows the answer"
        case Matter.UNREAD:
            return f"read it and answer it: {look}"
        case _:
            guess = f", `mailer person show {person}`" if one.person else ""
            return f"nothing was changed; find out which copy it means: {look}{guess}"


def _bounced(one: Report, known: ReportSubject) -> str:
    again = f"`mailer unsent {one.issue} --send`"
    lift = f"`mailer hold lift {quote(one.address)}`"
    if not known.in_register:
        return f"nothing, {one.person} is not in the register any more"
    if Address.from_wire(one.address).normal not in known.addresses:
        return f"the register has another address by now: {again}"
    if one.forwarded:
        where = one.final_recipient or one.recipient
        return f"tell {one.person} that what is forwarded to {where} does not arrive; when it is mended {lift}, then {again}"
    match trouble(one.reason):
        case "address":
            return (
                f"put the right address of {one.person} into the register; or, when it is right, {lift}; then {again}"
            )
        case "mailbox":
            return f"tell {one.person} another way; when the mailbox takes mail again {lift}, then {again}"
        case "content" | "sender":
            return f"the operator must find out why; when it is mended {lift}, then {again}"
        case _:
            return f"ask {one.person} whether the address is right; when it is {lift}, then {again}"


def _mail(one: Report) -> str:
    return f"“{one.subject}” from {one.sender or 'nobody'}"


def _whose(one: Report, known: ReportSubject) -> str:
    address = one.address or one.recipient or one.sender
    person = f"{known.name} ({one.person})" if known.name else one.person
    guess = "probably " if one.delivery is None else ""
    named = " ".join(
        [*([f"{guess}{person}"] if person else ["nobody we know"]), *([f"<{address}>"] if address else [])]
    )
    return f"{named}, {one.issue} copy No. {one.copy_number}" if one.issue else named


def _more(one: Report) -> str:
    hard = ", for good" if one.hard else ""
    forwarded = f", forwarded to {one.final_recipient or one.recipient}" if one.forwarded else ""
    more = "".join(
        f", {name} {value}" for name, value in (("back on", one.returns_on), ("now", one.successor)) if value
    )
    return f"{hard}{forwarded}{more}"
