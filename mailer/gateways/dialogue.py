"""What is said to a relay and what its answers mean: bytes in, events out, every answer matched to its command.

No I/O and no clock (after h11): `ask` and `content` put into `outgoing` what is to be written, `receive` turns what came
into events. Three manners, by what the relay announced: one command at a time (RFC 5321); groups of commands, so that a
message costs one round trip (PIPELINING, RFC 2920); whole messages one behind the other (CHUNKING, RFC 3030).
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from mailer.domain.ports import Parcel
from mailer.gateways.replies import ReplyReader


class Verb(Enum):
    """What an answer may be to."""

    RSET = "RSET"
    MAIL = "MAIL"
    RCPT = "RCPT"
    DATA = "DATA"
    CONTENT = "the content"
    DOT = "the lone dot"  # ends a DATA that was let in although its recipient was refused (RFC 2920 §3.1)
    BDAT = "BDAT"
    QUIT = "QUIT"


# The classes of answers (first digits) that fit a command; any other means that answers and commands are out of step.
FITTING: dict[Verb, str] = {
    Verb.RSET: "245",
    Verb.MAIL: "245",
    Verb.RCPT: "245",
    Verb.DATA: "345",
    Verb.CONTENT: "245",
    Verb.DOT: "245",
    Verb.BDAT: "245",
    Verb.QUIT: "245",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The relay waits for the content of this copy: `content`, or nothing more on this connection."""

    parcel: Parcel


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer to the content of a copy. None: it came, but cannot be trusted to be the answer to this one."""

    parcel: Parcel
    code: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The relay refused a copy before it took its content: at which command, and with which answer."""

    parcel: Parcel
    verb: Verb
    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Over:
    """Nothing more can be said here: the relay closes the service (421), or its answers do not fit the commands."""

    why: str
    code: int = 0
    out_of_step: bool = False


Event = Wanted | Answered | Refused | Over

# An answer to one of these is about the copy, or the last of all, even when it closes the service (421).
_LAST_OF_A_COPY = (Verb.CONTENT, Verb.BDAT, Verb.QUIT)


@dataclass(slots=True, eq=False)
class _Turn:
    """One copy in the dialogue."""

    parcel: Parcel
    refusal: tuple[Verb, int, str] | None = None
    begun: bool = False
    over: bool = False


@dataclass(slots=True)
class Dialogue:
    """One conversation after its greeting. Every copy asked for ends as Answered or Refused, or is among `abandon`'s.

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
    _in_step: bool = False  # a DATA was answered with 354: answers and commands are in step
    _over: bool = False

    @property
    def pipelined(self) -> bool:
        """Whether commands go in groups."""
        return "pipelining" in self.extensions

    @property
    def chunked(self) -> bool:
        """Whether the next copy goes with BDAT. The first of a connection never does: its 354 proves the step."""
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
        self._say(self._mail(parcel), Verb.MAIL, turn)
        if not self.pipelined:
            return
        self._say(b"RCPT TO:<%b>\r\n" % parcel.envelope.recipient.encode(), Verb.RCPT, turn)
        if chunked:
            turn.begun = True
            self.outgoing.append(b"BDAT %d LAST\r\n" % len(parcel.message))
            self._say(parcel.message, Verb.BDAT, turn)
        else:
            self._say(b"DATA\r\n", Verb.DATA, turn)

    def content(self, parcel: Parcel) -> None:
        """Send the content that was Wanted; its lines end in CRLF and none begins with a dot (RFC 5321 §4.5.2)."""
        turn = next(turn for turn in self._turns if turn.parcel is parcel)
        turn.begun = True
        self.outgoing.append(parcel.message)
        self._say(b".\r\n", Verb.CONTENT, turn)

    def quit(self) -> None:
        """Say goodbye; no copy is under way."""
        self._say(b"QUIT\r\n", Verb.QUIT, None)

    def receive(self, data: bytes) -> Iterator[Event]:
        """What these octets mean. Whatever they are, nothing is raised; after Over nothing is said any more."""
        for reply in self._replies.read(data):
            if self._over:
                return
            if reply is None:
                yield from self._out_of_step("answered what is no reply")
            else:
                yield from self._match(*reply)

    def abandon(self) -> tuple[Answered | None, list[tuple[Parcel, bool]]]:
        """The connection has ended: the last answer that had come, and each copy without one, with whether it had begun."""
        held, self._held, self._over = self._held, None, True
        left = [(turn.parcel, turn.begun) for turn in self._turns if not turn.over]
        self._turns.clear()
        self._awaited.clear()
        return held, left

    # --- answers ------------------------------------------------------------------------------------------------------

    def _match(self, code: int, text: str) -> Iterator[Event]:
        if not self._awaited:
            if code == 421:  # RFC 5321 §3.8: it may be said at any time
                yield self._end(Over(f"is closing the service: 421 {text}", code=421))
            else:
                yield from self._out_of_step(f"gave one answer too many: {code} {text}")
            return
        verb, turn = self._awaited.popleft()
        if code == 421 and verb not in _LAST_OF_A_COPY:
            yield from self._release()
            yield self._end(Over(f"is closing the service: it answered 421 {text} to {verb.value}", code=421))
        elif str(code)[0] not in FITTING[verb]:
            yield from self._out_of_step(f"answered {code} {text} to {verb.value}, which is no answer to it")
        elif turn is None:
            yield self._end(Over("has been left"))
        else:
            yield from self._take(verb, turn, code, text)

    def _take(self, verb: Verb, turn: _Turn, code: int, text: str) -> Iterator[Event]:
        good = code < 400
        match verb:
            case Verb.RSET if not good:
                yield from self._release()
                yield self._end(Over(f"answered {code} {text} to RSET", code=code))
            case Verb.MAIL | Verb.RCPT:
                if not good and turn.refusal is None:
                    turn.refusal = verb, code, text
                if not self.pipelined:
                    yield from self._go_on(verb, turn)
            case Verb.DATA:
                yield from self._let_in(turn, code, text)
            case Verb.CONTENT:
                yield from self._answered(turn, code, text)
            case Verb.BDAT if turn.refusal is None:
                yield from self._answered(turn, code, text)
            case Verb.DOT | Verb.BDAT:
                yield from self._refused(turn)
            case _:
                pass  # RSET, as it should be

    def _go_on(self, verb: Verb, turn: _Turn) -> Iterator[Event]:
        """The next command of a dialogue that goes one by one."""
        if turn.refusal is not None:
            yield from self._refused(turn)
        elif verb is Verb.MAIL:
            self._say(b"RCPT TO:<%b>\r\n" % turn.parcel.envelope.recipient.encode(), Verb.RCPT, turn)
        else:
            self._say(b"DATA\r\n", Verb.DATA, turn)

    def _let_in(self, turn: _Turn, code: int, text: str) -> Iterator[Event]:
        yield from self._release()
        if code < 400:
            self._in_step = True
        if code < 400 and turn.refusal is None:
            yield Wanted(turn.parcel)
        elif code < 400:
            self._say(b".\r\n", Verb.DOT, turn)  # nobody is to get it: an empty message for no recipient
        else:
            turn.refusal = turn.refusal or (Verb.DATA, code, text)
            yield from self._refused(turn)

    def _answered(self, turn: _Turn, code: int, text: str) -> Iterator[Event]:
        self._leave(turn)
        answer = Answered(turn.parcel, code, text)
        if self._turns and not self._turns[0].begun:
            self._held = answer
        else:
            yield answer
        if code == 421:
            yield from self._release()
            yield self._end(Over(f"is closing the service: it answered 421 {text} to a message", code=421))

    def _refused(self, turn: _Turn) -> Iterator[Event]:
        assert turn.refusal is not None
        self._leave(turn)
        self._reset_due = True
        yield Refused(turn.parcel, *turn.refusal)

    def _release(self) -> Iterator[Event]:
        if self._held is not None:
            yield self._held
            self._held = None

    def _out_of_step(self, why: str) -> Iterator[Event]:
        if self._held is not None:
            yield Answered(self._held.parcel, None, f"the relay's answers do not fit: it {why}")
            self._held = None
        yield self._end(Over(why, out_of_step=True))

    def _end(self, event: Over) -> Over:
        self._over = True
        return event

    def _leave(self, turn: _Turn) -> None:
        turn.over = True
        self._turns.remove(turn)

    # --- commands -----------------------------------------------------------------------------------------------------

    def _say(self, octets: bytes, verb: Verb, turn: _Turn | None) -> None:
        self.outgoing.append(octets)
        self._awaited.append((verb, turn))

    def _mail(self, parcel: Parcel) -> bytes:
        envelope = parcel.envelope
        size = b" SIZE=%d" % len(parcel.message) if "size" in self.extensions else b""  # RFC 1870 §3
        if envelope.recipient.isascii() and envelope.sender.isascii():
            return b"MAIL FROM:<%b>%b\r\n" % (envelope.sender.encode(), size)
        # RFC 6531 §3.4; the To header is in UTF-8 then, so the content needs RFC 6152's eight bits.
        return b"MAIL FROM:<%b>%b BODY=8BITMIME SMTPUTF8\r\n" % (envelope.sender.encode(), size)
