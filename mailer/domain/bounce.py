"""What a report says about a copy: whether it failed for good, why, and on whose side."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class ReportKind(StrEnum):
    """What kind of report a mail is."""

    BOUNCE = "bounce"  # the copy did not arrive
    DELAYED = "delayed"  # not delivered yet; the server keeps trying
    DELIVERED = "delivered"  # delivered, relayed or expanded: good news
    COMPLAINT = "complaint"  # the reader, or the reader's provider, calls it spam
    AUTOREPLY = "autoreply"  # a machine answers: out of office, moved, thank you
    CHALLENGE = "challenge"  # prove that you are human, or wait for a moderator
    MDN = "mdn"  # read, or deleted unread (RFC 8098)
    UNSUBSCRIBE = "unsubscribe"  # the person wants no more
    OTHER = "other"  # ordinary mail, or a report in no known form


class Way(StrEnum):
    """How a report arrived."""

    LISTENER = "listener"
    IMAP = "imap"
    MAILDIR = "maildir"
    FILE = "file"


class Scope(StrEnum):
    """On whose side a failure is, and so what may follow from it."""

    ADDRESS = "address"  # the address or its domain does not exist, or takes no mail at all
    MAILBOX = "mailbox"  # the mailbox exists, but is full or switched off
    CONTENT = "content"  # this message was refused: too big, virus, spam words
    SENDER = "sender"  # we were refused: SPF, DKIM, DMARC, block list, PTR, rate, account, relaying
    TRANSPORT = "transport"  # the way there failed: timeout, DNS, loop, a broken server
    UNKNOWN = "unknown"  # it cannot be told


class Phase(StrEnum):
    """Where in the SMTP conversation a reply was given (RFC 5321 §3)."""

    CONNECT = "connect"
    HELLO = "hello"
    STARTTLS = "starttls"
    AUTH = "auth"
    MAIL = "mail"
    RCPT = "rcpt"
    DATA = "data"  # the command itself; pipelined RCPT replies are often reported here
    CONTENT = "content"  # after the final dot
    UNKNOWN = "unknown"


class FailureReason(StrEnum):
    """Why a copy failed, in one word."""

    USER_UNKNOWN = "user_unknown"
    HOST_UNKNOWN = "host_unknown"
    MOVED = "moved"
    TAKES_NO_MAIL = "takes_no_mail"
    MAILBOX_FULL = "mailbox_full"
    SUSPENDED = "suspended"
    FILTERED = "filtered"
    MEMBERS_ONLY = "members_only"
    TOO_BIG = "too_big"
    VIRUS = "virus"
    SPAM = "spam"
    CONTENT = "content"
    POLICY = "policy"
    AUTHENTICATION = "authentication"
    BLOCKED = "blocked"
    NO_PTR = "no_ptr"
    RATE = "rate"
    ACCOUNT = "account"
    RELAYING = "relaying"
    SENDER_REFUSED = "sender_refused"
    LOGIN = "login"
    GREYLISTED = "greylisted"
    TIMEOUT = "timeout"
    NETWORK = "network"
    LOOP = "loop"
    SERVER = "server"
    SERVER_FULL = "server_full"
    UNKNOWN = "unknown"
    COMPLAINT = "complaint"  # of a complaint: the reader said spam
    AUTH_FAILURE = "auth_failure"  # of a complaint: only a report that SPF, DKIM or DMARC failed (RFC 6591)
    OPT_OUT = "opt_out"  # of a complaint: the reader wants no more


SCOPES: dict[FailureReason, Scope] = {
    FailureReason.USER_UNKNOWN: Scope.ADDRESS,
    FailureReason.HOST_UNKNOWN: Scope.ADDRESS,
    FailureReason.MOVED: Scope.ADDRESS,
    FailureReason.TAKES_NO_MAIL: Scope.ADDRESS,
    FailureReason.MAILBOX_FULL: Scope.MAILBOX,
    FailureReason.SUSPENDED: Scope.MAILBOX,
    FailureReason.TOO_BIG: Scope.CONTENT,
    FailureReason.VIRUS: Scope.CONTENT,
    FailureReason.SPAM: Scope.CONTENT,
    FailureReason.CONTENT: Scope.CONTENT,
    FailureReason.POLICY: Scope.CONTENT,
    FailureReason.AUTHENTICATION: Scope.SENDER,
    FailureReason.BLOCKED: Scope.SENDER,
    FailureReason.NO_PTR: Scope.SENDER,
    FailureReason.RATE: Scope.SENDER,
    FailureReason.ACCOUNT: Scope.SENDER,
    FailureReason.RELAYING: Scope.SENDER,
    FailureReason.SENDER_REFUSED: Scope.SENDER,
    FailureReason.MEMBERS_ONLY: Scope.SENDER,
    FailureReason.LOGIN: Scope.SENDER,
    FailureReason.AUTH_FAILURE: Scope.SENDER,
    FailureReason.GREYLISTED: Scope.TRANSPORT,
    FailureReason.TIMEOUT: Scope.TRANSPORT,
    FailureReason.NETWORK: Scope.TRANSPORT,
    FailureReason.LOOP: Scope.TRANSPORT,
    FailureReason.SERVER: Scope.TRANSPORT,
    FailureReason.SERVER_FULL: Scope.TRANSPORT,
    # The recipient's own filter, or no reason given: neither the address nor the sender is at fault for certain.
    FailureReason.FILTERED: Scope.UNKNOWN,
    FailureReason.UNKNOWN: Scope.UNKNOWN,
    FailureReason.COMPLAINT: Scope.UNKNOWN,
    FailureReason.OPT_OUT: Scope.UNKNOWN,
}


# The scopes on the recipient's side, and those on the sender's, where the sender or the text was refused. The operator is
# alerted to what no recipient can help. A failure in transport is on no side for certain.
RECIPIENT_SCOPES = frozenset({Scope.ADDRESS, Scope.MAILBOX})
SENDER_SCOPES = frozenset({Scope.SENDER, Scope.CONTENT})
ALERT_SCOPES = SENDER_SCOPES | {Scope.UNKNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a refusal means: the reason, whether the address is dead for good, and the rule that decided, in words."""

    reason: FailureReason
    hard: bool
    rule: str

    @property
    def scope(self) -> Scope:
        """On whose side it is."""
        return SCOPES[self.reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """What a report shows of the message that it is about; fields that it does not show are empty.

    None of them identifies a delivery: our signature does, for which the whole mail is searched.
    """

    message_id: str = ""
    sender: str = ""
    recipients: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContent:
    """What one report says about one recipient; nothing in it has been verified.

    `recipient` is the address that failed, which differs from the one written to where mail is forwarded;
    `original_recipient` and `final_recipient` are the fields of RFC 3464 unchanged. `hard` is true only where the
    address itself is dead for good, and None for a report that is not about a failure. `status` is an RFC 3463 code, `code`
    an SMTP reply code. `diagnostic` is at most 1,000 characters. `returns_on` and `successor` belong to autoreplies.
    """

    kind: ReportKind
    reason: FailureReason = FailureReason.UNKNOWN
    hard: bool | None = None
    status: str | None = None
    code: int | None = None
    recipient: str | None = None
    original_recipient: str | None = None
    final_recipient: str | None = None
    action: str = ""
    diagnostic: str = ""
    reporting_mta: str = ""
    rule: str = ""
    returns_on: date | None = None
    successor: str | None = None

    @property
    def scope(self) -> Scope:
        """On whose side it is."""
        return SCOPES[self.reason]


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceReport(ReportContent):
    """A report as the parser reads it: what it says, and what tells which copy it is about."""

    phase: Phase = Phase.UNKNOWN
    remote_mta: str = ""
    envelope_id: str = ""
    original: Original = field(default_factory=Original)

    @property
    def original_message_id(self) -> str:
        """The Message-ID in the returned part, with its angle brackets; empty where there was none."""
        return self.original.message_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RawReport:
    """A mail as it arrived. `recipient` is that of its envelope; empty when the envelope is unknown."""

    content: bytes
    recipient: str
    way: Way


def failed_elsewhere(failed: str | None, written_to: str) -> bool:
    """Whether another address failed than the one written to, which therefore forwards its mail.

    The same reader at a sub-domain, or at the domain above, is the same address: large organisations rewrite addresses.
    """
    if failed is None or "@" not in failed:
        return False
    (reader, domain), (failed_reader, failed_domain) = _reader_at(written_to), _reader_at(failed)
    is_same_organisation = f".{failed_domain}".endswith(f".{domain}") or f".{domain}".endswith(f".{failed_domain}")
    return reader != failed_reader or not is_same_organisation


def _reader_at(address: str) -> tuple[str, str]:
    """The local part and the domain, without case and without the sub-address after a + (RFC 5233)."""
    local, _, domain = address.casefold().rpartition("@")
    return local.partition("+")[0], domain.rstrip(".")
