"""What is said to a relay and what its answers mean: bytes in, events out, every answer matched to its command.

No I/O and no clock (after h11): `ask` and `content` put into `outgoing` what is to be written, `receive` turns what came
into events. Three manners, by what the relay announced: one command at a time (RFC 5321); groups of commands, so that a
message costs one round trip (PIPELINING, RFC 2920); whole messages one behind the other (CHUNKING, RFC 3030).
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer.domain.ports import Parcel
from mailer.gateways.smtp import dsn
from mailer.gateways.smtp.events import Answered, CommandRefused, Event, Over, Verb, Wanted
from mailer.gateways.smtp.replies import ReplyReader

# The classes of answers (first digits) that fit a command; any other means that answers and commands are out of step.
_FIT_DATA = (3, 4, 5)
_FIT = (2, 4, 5)

# An answer to one of these ends a copy, or the conversation, even when it closes the service (421).
_LAST = (Verb.CONTENT, Verb.DOT, Verb.BDAT, Verb.QUIT)


@dataclass(slots=True, eq=False)
class _Turn:
    """One copy in the dialogue. `begun`: its content was said."""

    parcel: Parcel
    refusal: CommandRefused | None = None
    begun: bool = False


@dataclass(slots=True)
class Dialogue:
    """One conversation after its greeting. Every copy asked for ends as Answered or CommandRefused, or is among `abandon`'s.

    `extensions` are the relay's, in small letters. `window` is how many copies may be under way at once where CHUNKING
    allows more than one; it may be changed between two copies.
    """

    extensions: frozenset[str]
    window: int = 1
    outgoing: list[bytes] = field(default_factory=list)
    _replies: ReplyReader = field(default_factory=ReplyReader)
    _awaited: deque[tuple[Verb, _Turn | None]] = field(default_factory=deque)
    _turns: deque[_Turn] = field(default_factory=deque)
    _held: Answered | None = None  # believed only when the answers that came with it fit as well
    _reset_due: bool = False
    _answered_one: bool = False
    _in_step: bool = False  # behind the answer to a content, a DATA was answered with 354
    _over: bool = False

    @property
    def pipelined(self) -> bool:
        """Whether commands go in groups."""
        return "pipelining" in self.extensions

    @property
    def chunked(self) -> bool:
        """Whether the next copy goes with BDAT.

        The first two of a connection never do. To MAIL, RCPT and BDAT the same answer fits, so that one too many or too
        few would give a copy the answer of another; the second 354 proves that this relay gives one to each command.
        """
        return self.window > 1 and self._in_step and self.pipelined and "chunking" in self.extensions

    @property
    def ready(self) -> bool:
        """Whether a further copy may be asked for now."""
        if self._over:
            return False
        if self.chunked:
            return len(self._turns) < self.window
        if self.pipelined:
            return not self._turns or (len(self._turns) == 1 and self._turns[0].begun)
        return not self._turns

    @property
    def idle(self) -> bool:
        """Whether no copy is under way."""
        return not self._turns

    def ask(self, parcel: Parcel) -> None:
        """Offer a copy; with `chunked` its content goes as well, so whoever calls has noted that it begins."""
        turn = _Turn(parcel)
        chunked = self.chunked
        self._turns.append(turn)
        if self._reset_due or chunked:
            self._say(b"RSET\r\n", Verb.RSET, turn)
            self._reset_due = False
            if not self.pipelined:
                return
        self._say(self._mail(parcel), Verb.MAIL, turn)
        if not self.pipelined:
            return
        self._say(self._rcpt(parcel), Verb.RCPT, turn)
        if chunked:
            turn.begun = True
            self.outgoing.append(b"BDAT %d LAST\r\n" % len(parcel.message))
            self._say(parcel.message, Verb.BDAT, turn)
        else:
            self._say(b"DATA\r\n", Verb.DATA, turn)

    def content(self, parcel: Parcel) -> None:
        """Send the content that was Wanted; its lines end in CRLF and none begins with a dot (RFC 5321 §4.5.2)."""
        turn = self._turn_of(parcel)
        turn.begun = True
        self.outgoing.append(parcel.message)
        self._say(b".\r\n", Verb.CONTENT, turn)

    def withhold(self, parcel: Parcel) -> None:
        """The content that was Wanted will not be sent: its copy is forgotten, and nothing more can be said here."""
        self._turns.remove(self._turn_of(parcel))
        self._over = True

    def quit(self) -> None:
        """Say goodbye; no copy is under way."""
        self._say(b"QUIT\r\n", Verb.QUIT, None)

    def receive(self, data: bytes) -> Iterator[Event]:
        """What these octets mean. Whatever they are, nothing is raised; after Over nothing is said any more."""
        due = len(self._awaited)  # what is said while these octets are read they cannot be an answer to
        for reply in self._replies.read(data):
            if self._over:
                return
            if reply is None:
                yield from self._out_of_step("answered what is no reply")
            elif due:
                due -= 1
                yield from self._match(*reply)
            else:
                yield from self._unasked(*reply)

    def abandon(self) -> tuple[list[Answered | CommandRefused], list[tuple[Parcel, bool]]]:
        """The connection has ended: the answers that had come, and each copy without one, with whether it had begun."""
        known: list[Answered | CommandRefused] = [] if self._held is None else [self._held]
        known += [turn.refusal for turn in self._turns if turn.refusal is not None]
        left = [(turn.parcel, turn.begun) for turn in self._turns if turn.refusal is None]
        self._held, self._over = None, True
        self._turns.clear()
        self._awaited.clear()
        return known, left

    # --- answers ------------------------------------------------------------------------------------------------------

    def _unasked(self, code: int, text: str) -> Iterator[Event]:
        if code == 421:  # RFC 5321 §3.8: it may be said at any time
            yield self._closing(code, text, "")
        else:
            yield from self._out_of_step(f"gave one answer too many: {code} {text}")

    def _match(self, code: int, text: str) -> Iterator[Event]:
        verb, turn = self._awaited.popleft()
        if code // 100 not in (_FIT_DATA if verb is Verb.DATA else _FIT):
            yield from self._out_of_step(f"answered {code} {text} to {verb.value}, which is no answer to it")
        elif turn is None:
            yield self._end(Over("has been left"))
        elif code == 421 and verb not in _LAST:
            turn.begun = False  # whatever was said of it behind this command, there is no such transaction
            yield from self._release()
            yield self._closing(code, text, f" to {verb.value}")
        else:
            yield from self._take(verb, turn, code, text)

    def _take(self, verb: Verb, turn: _Turn, code: int, text: str) -> Iterator[Event]:
        match verb:
            case Verb.RSET if code >= 400:
                # RFC 5321 §4.1.1.5 knows no refusal of it; it is more likely the answer to what was said before.
                yield from self._out_of_step(f"answered {code} {text} to RSET", code)
            case Verb.RSET | Verb.MAIL | Verb.RCPT:
                if verb is Verb.RSET:
                    yield from self._release()
                if code >= 400 and turn.refusal is None:
                    turn.refusal = CommandRefused(turn.parcel, verb, code, text)
                if not self.pipelined:
                    yield from self._go_on(verb, turn)
            case Verb.DATA:
                yield from self._let_in(turn, code, text)
            case _:
                yield from self._refused(turn) if turn.refusal is not None else self._answered(turn, code, text)
                if code == 421:
                    yield from self._release()
                    yield self._closing(code, text, f" to {verb.value}")

    def _go_on(self, verb: Verb, turn: _Turn) -> Iterator[Event]:
        """The next command of a dialogue that goes one by one."""
        if turn.refusal is not None:
            yield from self._refused(turn)
        elif verb is Verb.RSET:
            self._say(self._mail(turn.parcel), Verb.MAIL, turn)
        elif verb is Verb.MAIL:
            self._say(self._rcpt(turn.parcel), Verb.RCPT, turn)
        else:
            self._say(b"DATA\r\n", Verb.DATA, turn)

    def _let_in(self, turn: _Turn, code: int, text: str) -> Iterator[Event]:
        yield from self._release()
        if code >= 400:
            turn.refusal = turn.refusal or CommandRefused(turn.parcel, Verb.DATA, code, text)
            yield from self._refused(turn)
            return
        self._in_step = self._answered_one
        if turn.refusal is None:
            yield Wanted(turn.parcel)
        else:
            self._say(b".\r\n", Verb.DOT, turn)  # nobody is to get it: an empty message for no recipient

    def _answered(self, turn: _Turn, code: int, text: str) -> Iterator[Event]:
        self._turns.remove(turn)
        self._answered_one = True
        answer = Answered(turn.parcel, code, text)
        if self._turns:  # until the next one's DATA or RSET is answered, which no other answer fits so well
            self._held = answer
        else:
            yield answer

    def _refused(self, turn: _Turn) -> Iterator[Event]:
        assert turn.refusal is not None
        self._turns.remove(turn)
        self._reset_due = True
        yield turn.refusal

    def _release(self) -> Iterator[Event]:
        if self._held is not None:
            yield self._held
            self._held = None

    def _out_of_step(self, why: str, code: int = 0) -> Iterator[Event]:
        """Nothing that is not settled yet can be believed."""
        for turn in self._turns:
            turn.refusal = None
        if self._held is not None:
            yield Answered(self._held.parcel, None, f"the relay's answers do not fit: it {why}")
            self._held = None
        yield self._end(Over(why, code=code, out_of_step=True))

    def _turn_of(self, parcel: Parcel) -> _Turn:
        return next(turn for turn in self._turns if turn.parcel is parcel)

    def _closing(self, code: int, text: str, to: str) -> Over:
        return self._end(Over(f"is closing the service: it said {code} {text}{to}", code=code))

    def _end(self, event: Over) -> Over:
        self._over = True
        return event

    # --- commands -----------------------------------------------------------------------------------------------------

    def _say(self, octets: bytes, verb: Verb, turn: _Turn | None) -> None:
        self.outgoing.append(octets)
        self._awaited.append((verb, turn))

    def _mail(self, parcel: Parcel) -> bytes:
        envelope = parcel.envelope
        asked = b" SIZE=%d" % len(parcel.message) if "size" in self.extensions else b""  # RFC 1870 §3
        if "dsn" in self.extensions:
            asked += dsn.of_mail(envelope)
        if envelope.recipient.isascii() and envelope.sender.isascii():
            return b"MAIL FROM:<%b>%b\r\n" % (envelope.sender.encode(), asked)
        # RFC 6531 §3.4; the To header is in UTF-8 then, so the content needs RFC 6152's eight bits.
        return b"MAIL FROM:<%b>%b BODY=8BITMIME SMTPUTF8\r\n" % (envelope.sender.encode(), asked)

    def _rcpt(self, parcel: Parcel) -> bytes:
        envelope = parcel.envelope
        asked = dsn.of_rcpt(envelope) if "dsn" in self.extensions else b""
        return b"RCPT TO:<%b>%b\r\n" % (envelope.recipient.encode(), asked)
