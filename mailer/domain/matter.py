"""What a report leaves for the secretary to do."""

from enum import StrEnum

from mailer.domain.bounce import BounceReport, FailureReason, ReportKind


class NamedBy(StrEnum):
    """What names the copy that a report is about; each of these carries our signature."""

    RETURN_PATH = "return_path"
    MESSAGE_ID = "message_id"
    ENVELOPE_ID = "envelope_id"
    UNSUBSCRIBE = "unsubscribe"


class Matter(StrEnum):
    """What a report leaves for the secretary to do."""

    BOUNCED = "bounced"  # a copy did not arrive
    COMPLAINED = "complained"  # a reader called a copy spam: the address is held
    WANTS_NO_MORE = "wants_no_more"  # a mail asks for no more copies, but not to our signed address
    UNSUBSCRIBED = "unsubscribed"  # a reader asked at our signed address: the copies are paused
    CHALLENGED = "challenged"  # a person must answer before the copy is delivered
    MOVED = "moved"  # an automatic answer names a successor or another address
    UNREAD = "unread"  # a mail to a copy's return path that is no known kind of report, a letter for example
    UNNAMED = "unnamed"  # a bounce or a complaint that does not say of which copy


def matter_of(report: BounceReport, named_by: NamedBy | None) -> Matter | None:
    """What the secretary has to do about a report; None when nothing follows for a person.

    A report that names no copy is only listed: it changes no copy, address or hold.
    """
    if named_by is NamedBy.UNSUBSCRIBE:
        return Matter.UNSUBSCRIBED
    if report.kind is ReportKind.UNSUBSCRIBE or (
        report.kind is ReportKind.COMPLAINT and report.reason is FailureReason.OPT_OUT
    ):
        return Matter.WANTS_NO_MORE
    if report.kind is ReportKind.COMPLAINT and report.reason is FailureReason.AUTH_FAILURE:
        return None  # the operator is alarmed instead
    if report.kind in {ReportKind.BOUNCE, ReportKind.COMPLAINT} and named_by is None:
        return Matter.UNNAMED
    if report.kind is ReportKind.AUTOREPLY and named_by is not None and report.successor:
        return Matter.MOVED
    if report.kind is ReportKind.OTHER and named_by is NamedBy.RETURN_PATH:
        return Matter.UNREAD  # no one else sees this mailbox
    of_a_copy = {
        ReportKind.BOUNCE: Matter.BOUNCED,
        ReportKind.COMPLAINT: Matter.COMPLAINED,
        ReportKind.CHALLENGE: Matter.CHALLENGED,
    }
    return of_a_copy.get(report.kind) if named_by is not None else None


def asks_to_stop(kind: ReportKind) -> bool:
    """Whether a mail of this kind to a signed unsubscribe address is a reader's wish, and not a server's report.

    Providers write it for their readers, so it may look like an automatic answer.
    """
    return kind in {ReportKind.UNSUBSCRIBE, ReportKind.OTHER, ReportKind.AUTOREPLY}
