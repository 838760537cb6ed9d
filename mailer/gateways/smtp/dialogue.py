"""The SMTP dialogue with a relay as a state machine: bytes in, events out, every reply matched to its command.

There is no I/O and no clock here (as in h11): `offer` and `send_content` fill `outgoing`, `receive` turns octets into
events. The relay's extensions decide between three modes: one command at a time (RFC 5321); groups of commands, one
round trip a message (PIPELINING, RFC 2920); several messages in flight (CHUNKING, RFC 3030).
"""

from collections import deque
from dataclasses import dataclass, field

from mailer.domain.ports import Parcel
from mailer.gateways.smtp.envelope_commands import EnvelopeCommands
from mailer.gateways.smtp.events import (
    CommandRefused,
    ContentReplied,
    ContentWanted,
    DialogueEnded,
    DialogueEvent,
    Verb,
)
from mailer.gateways.smtp.replies import ReplyReader

# First digits of the replies that a command may get; any other means that replies and commands are out of step.
_DATA_REPLIES = (3, 4, 5)
_OTHER_REPLIES = (2, 4, 5)

_MAIL, _RCPT, _DATA = Verb.MAIL, Verb.RCPT, Verb.DATA

# A reply to one of these is final for the copy or the connection, even when it closes the service (421).
_FINAL = (Verb.CONTENT, Verb.DOT, Verb.BDAT, Verb.QUIT)
_CONTENT = (Verb.CONTENT, Verb.DOT, Verb.BDAT)


@dataclass(slots=True, eq=False)
class _Transaction:
    """The mail transaction of one copy. `begun`: its content was put into `outgoing`."""

    parcel: Parcel
    refusal: CommandRefused | None = None
    begun: bool = False


@dataclass(slots=True)
class Dialogue:
    """The dialogue after greeting and login. Every offered copy ends as ContentReplied or CommandRefused, or in `abandon`.

    `extensions` are the relay's, in lower case. `window` is how many copies may be in flight where CHUNKING allows more
    than one; it may be changed between two copies.
    """

    extensions: frozenset[str]
    window: int = 1
    outgoing: list[bytes] = field(default_factory=list)
    replies: int = 0  # complete ones, to commands
    pipelined: bool = field(init=False)  # whether commands are sent in groups
    _commands: EnvelopeCommands = field(init=False)
    _replies: ReplyReader = field(default_factory=ReplyReader)
    _expected: deque[tuple[Verb, _Transaction | None]] = field(default_factory=deque)
    _transactions: deque[_Transaction] = field(default_factory=deque)
    _unconfirmed: ContentReplied | None = None  # valid only if the reply after it fits its command too
    _reset_due: bool = False
    _content_replied: bool = False
    _in_step: bool = False  # after the reply to a content, a DATA got its 354
    _ended: bool = False

    def __post_init__(self) -> None:
        self.pipelined = "pipelining" in self.extensions
        self._commands = EnvelopeCommands(self.extensions)

    @property
    def chunked(self) -> bool:
        """Whether the next copy is sent with BDAT.

        The first two of a connection are not. MAIL, RCPT and BDAT get the same reply codes, so a missing or additional
        reply would assign a copy the reply of another; the second 354 proves that the relay sends one per command.
        """
        return self.window > 1 and self._in_step and self.pipelined and "chunking" in self.extensions

    @property
    def ready(self) -> bool:
        """Whether another copy may be offered now."""
        if self._ended:
            return False
        if self.chunked:
            return len(self._transactions) < self.window
        if self.pipelined:
            return not self._transactions or (len(self._transactions) == 1 and self._transactions[0].begun)
        return not self._transactions

    @property
    def idle(self) -> bool:
        """Whether no copy is in flight."""
        return not self._transactions

    @property
    def awaits_reply(self) -> bool:
        """Whether a command has no reply yet."""
        return bool(self._expected)

    @property
    def awaits_content_reply(self) -> bool:
        """Whether the next reply is one to a content, which may take long (RFC 5321 §4.5.3.2.6)."""
        return bool(self._expected) and self._expected[0][0] in _CONTENT

    @property
    def unanswered_octets(self) -> int:
        """The octets of the contents without a reply: a slow network may still transfer them."""
        return sum(len(transaction.parcel.message) for transaction in self._transactions if transaction.begun)

    def offer(self, parcel: Parcel) -> None:
        """Begin the transaction of a copy; if `chunked`, its content is sent too, so journal that it begins first."""
        transaction = _Transaction(parcel)
        chunked = self.chunked
        self._transactions.append(transaction)
        if self._reset_due or chunked:
            self._send(b"RSET\r\n", Verb.RSET, transaction)
            self._reset_due = False
            if not self.pipelined:
                return
        mail = self._commands.mail(parcel)
        if not self.pipelined:
            self._send(mail, _MAIL, transaction)
            return
        envelope = mail + self._commands.rcpt(parcel)
        if chunked:
            transaction.begun = True
            self.outgoing += (envelope, b"BDAT %d LAST\r\n" % len(parcel.message), parcel.message)
            self._expected += ((_MAIL, transaction), (_RCPT, transaction), (Verb.BDAT, transaction))
        else:
            self.outgoing.append(envelope + b"DATA\r\n")
            self._expected += ((_MAIL, transaction), (_RCPT, transaction), (_DATA, transaction))

    def send_content(self, parcel: Parcel) -> None:
        """Send the content after ContentWanted; no line of a Message begins with a dot (RFC 5321 §4.5.2)."""
        transaction = self._transaction_of(parcel)
        transaction.begun = True
        self.outgoing.append(parcel.message)
        self._send(b".\r\n", Verb.CONTENT, transaction)

    def withhold(self, parcel: Parcel) -> None:
        """Do not send the content after ContentWanted: forget the copy and end the dialogue."""
        self._transactions.remove(self._transaction_of(parcel))
        self._ended = True

    def quit(self) -> None:
        """Send QUIT; no copy is in flight."""
        self._send(b"QUIT\r\n", Verb.QUIT, None)

    def receive(self, data: bytes) -> list[DialogueEvent]:
        """Return the events that these octets mean, in order; never raises. There are none after DialogueEnded."""
        events: list[DialogueEvent] = []
        due = len(self._expected)  # commands sent while these octets are read cannot have their replies in them
        for reply in self._replies.feed(data):
            if self._ended:
                break
            if reply is None:
                self._out_of_step(events, "sent something that is no SMTP reply")
            elif due:
                due -= 1
                self._match(events, *reply)
            else:
                self._unexpected(events, *reply)
        return events

    def abandon(self) -> tuple[list[ContentReplied | CommandRefused], list[tuple[Parcel, bool]]]:
        """End the dialogue; return the replies so far, and each copy without one and whether its content had begun."""
        replied: list[ContentReplied | CommandRefused] = [] if self._unconfirmed is None else [self._unconfirmed]
        replied += [transaction.refusal for transaction in self._transactions if transaction.refusal is not None]
        unanswered = [
            (transaction.parcel, transaction.begun) for transaction in self._transactions if transaction.refusal is None
        ]
        self._unconfirmed, self._ended = None, True
        self._transactions.clear()
        self._expected.clear()
        return replied, unanswered

    # --- replies ------------------------------------------------------------------------------------------------------

    def _unexpected(self, events: list[DialogueEvent], code: int, text: str) -> None:
        if code == 421:  # RFC 5321 §3.8: allowed at any time
            self._service_closing(events, code, text)
        else:
            self._out_of_step(events, f"sent an unexpected reply: {code} {text}")

    def _match(self, events: list[DialogueEvent], code: int, text: str) -> None:
        verb, transaction = self._expected.popleft()
        self.replies += 1
        kind = code // 100
        if kind == 2 and (verb is _MAIL or verb is _RCPT) and self.pipelined:
            return  # nothing follows from it: the reply to DATA decides
        if kind not in (_DATA_REPLIES if verb is _DATA else _OTHER_REPLIES):
            self._out_of_step(events, f"answered {code} {text} to {verb.value}, which is no valid reply")
        elif transaction is None:
            self._end(events, DialogueEnded("has been left"))
        elif code == 421 and verb not in _FINAL:
            transaction.begun = False  # the relay ended the transaction before its content
            self._confirm(events)
            self._service_closing(events, code, text, f" to {verb.value}", verb)
        elif verb in _CONTENT:
            self._content_replied_to(events, verb, transaction, code, text)
        elif verb is _DATA:
            self._data_replied(events, transaction, code, text)
        else:
            self._command_replied(events, verb, transaction, code, text)

    def _command_replied(
        self, events: list[DialogueEvent], verb: Verb, transaction: _Transaction, code: int, text: str
    ) -> None:
        """Handle the reply to RSET, MAIL or RCPT."""
        if verb is Verb.RSET:
            if code >= 400:
                # RSET cannot be refused (RFC 5321 §4.1.1.5): this is more likely the reply to an earlier command.
                self._out_of_step(events, f"answered {code} {text} to RSET", code)
                return
            self._confirm(events)
        if code >= 400 and transaction.refusal is None:
            transaction.refusal = CommandRefused(transaction.parcel, verb, code, text)
        if not self.pipelined:
            self._next_command(events, verb, transaction)

    def _next_command(self, events: list[DialogueEvent], verb: Verb, transaction: _Transaction) -> None:
        """Send the next command in the mode of one command at a time."""
        if transaction.refusal is not None:
            self._finish_refused(events, transaction, transaction.refusal)
        elif verb is Verb.RSET:
            self._send(self._commands.mail(transaction.parcel), _MAIL, transaction)
        elif verb is Verb.MAIL:
            self._send(self._commands.rcpt(transaction.parcel), _RCPT, transaction)
        else:
            self._send(b"DATA\r\n", _DATA, transaction)

    def _data_replied(self, events: list[DialogueEvent], transaction: _Transaction, code: int, text: str) -> None:
        self._confirm(events)
        if code >= 400:
            refusal = transaction.refusal or CommandRefused(transaction.parcel, _DATA, code, text)
            self._finish_refused(events, transaction, refusal)
            return
        self._in_step = self._content_replied
        if transaction.refusal is None:
            events.append(ContentWanted(transaction.parcel))
        else:
            self._send(b".\r\n", Verb.DOT, transaction)  # the recipient was refused: an empty message for no recipient

    def _content_replied_to(
        self, events: list[DialogueEvent], verb: Verb, transaction: _Transaction, code: int, text: str
    ) -> None:
        if transaction.refusal is not None:
            self._finish_refused(events, transaction, transaction.refusal)
        else:
            self._transactions.remove(transaction)
            self._content_replied = True
            reply = ContentReplied(transaction.parcel, code, text)
            if self._transactions:  # wait for the reply to the next DATA or RSET, whose code cannot be mistaken
                self._unconfirmed = reply
            else:
                events.append(reply)
        if code == 421:
            self._confirm(events)
            self._service_closing(events, code, text, f" to {verb.value}")

    def _finish_refused(self, events: list[DialogueEvent], transaction: _Transaction, refusal: CommandRefused) -> None:
        self._transactions.remove(transaction)
        self._reset_due = True
        events.append(refusal)

    def _confirm(self, events: list[DialogueEvent]) -> None:
        if self._unconfirmed is not None:
            events.append(self._unconfirmed)
            self._unconfirmed = None

    def _out_of_step(self, events: list[DialogueEvent], reason: str, code: int = 0) -> None:
        """Replies and commands do not match: no copy in flight has a valid reply."""
        for transaction in self._transactions:
            transaction.refusal = None
        if self._unconfirmed is not None:
            mismatch = f"the relay's replies do not match the commands: it {reason}"
            events.append(ContentReplied(self._unconfirmed.parcel, None, mismatch))
            self._unconfirmed = None
        self._end(events, DialogueEnded(reason, code=code, out_of_step=True))

    def _transaction_of(self, parcel: Parcel) -> _Transaction:
        for transaction in self._transactions:
            if transaction.parcel is parcel:
                return transaction
        raise LookupError("the copy is not in flight")

    def _service_closing(
        self, events: list[DialogueEvent], code: int, text: str, to: str = "", verb: Verb | None = None
    ) -> None:
        reason = f"is closing the service: it said {code} {text}{to}"
        self._end(events, DialogueEnded(reason, code, text=text, verb=verb))

    def _end(self, events: list[DialogueEvent], event: DialogueEnded) -> None:
        self._ended = True
        events.append(event)

    def _send(self, octets: bytes, verb: Verb, transaction: _Transaction | None) -> None:
        self.outgoing.append(octets)
        self._expected.append((verb, transaction))
