"""One connection to a relay: moves octets between its dialogue and the network, and reports the outcome of each copy."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from mailer.domain.bounce import Phase
from mailer.domain.delivery import Reply
from mailer.domain.errors import TransportDown
from mailer.domain.ports import Parcel, Tray
from mailer.gateways.clock import SystemClock
from mailer.gateways.server_text import printable
from mailer.gateways.smtp import outcomes, replies
from mailer.gateways.smtp.dialogue import Dialogue
from mailer.gateways.smtp.encryption import Encryption
from mailer.gateways.smtp.events import CommandRefused, ContentReplied, ContentWanted, DialogueEnded, DialogueEvent

QUIT_SECONDS = 5.0  # the reply to QUIT changes nothing, so the wait for it is short
# With a longer round trip, several messages in flight are faster than one message a round trip.
FAR_SECONDS = 0.02
# Octets a second of the slowest network: the time they may need is added to the time-out for the reply.
SLOWEST = 8_000
_LOST = "was lost: "  # after the relay's name; a copy has lost its reply
_CLOSED = f"{_LOST}the connection was closed"
elapsed = SystemClock().elapsed


class SmtpConnection(asyncio.Protocol):
    """An encrypted, logged-in connection. It carries one tray and is closed afterwards."""

    def __init__(
        self,
        transport: asyncio.WriteTransport,
        *,
        name: str,
        extensions: frozenset[str],
        timeout_seconds: float,
        final_timeout_seconds: float | None = None,
        size_limit: int = 0,
        window: int = 1,
        messages_at_most: int = 0,
    ) -> None:
        """`window` is used if the relay is distant and offers CHUNKING; `messages_at_most` 0 is no limit.

        `final_timeout_seconds` is for the reply to a content, `timeout_seconds` for every other one.
        """
        self._transport = transport
        self._name = name
        self.size_limit = size_limit
        self.extensions = extensions
        self._dialogue = Dialogue(extensions)
        self._timeout = timeout_seconds
        self._final_timeout = timeout_seconds if final_timeout_seconds is None else final_timeout_seconds
        self._watch_every = min(self._timeout, self._final_timeout) / 4
        self._window = window
        self._remaining = messages_at_most or -1  # how many more copies may be taken; negative: no limit
        tls = transport.get_extra_info("ssl_object")
        self._tls_version = (tls.version() or "") if tls else ""
        self.encryption = Encryption.of(tls) if tls else None
        self._loop = asyncio.get_running_loop()
        self._disconnected = asyncio.Event()
        self._down_reason = ""  # why the relay cannot be used any more
        self._last_reply: tuple[Reply, Phase] | None = None  # the reply that says so, and to what
        self._tray: Tray | None = None  # set during `carry`
        self._carried: asyncio.Future[None] | None = None
        self._waiting = False  # the tray is empty and will call _wake
        self._awaits = False  # a reply to a command that was sent
        self._measured = False
        self._waits_since = self._loop.time()  # for the next reply: when the last one was complete, or its command sent
        self._watcher: asyncio.TimerHandle  # set by `carry`
        self._watch_at = 0.0  # when `_watch` is to be called, on the clock that runs while the machine sleeps
        self._woken = False  # whether this process was frozen until a moment ago
        self.out_of_step = False
        transport.set_protocol(self)

    async def carry(self, tray: Tray) -> None:
        """Send the copies of the tray until it is empty or the connection has reached its limit.

        Every copy taken is returned to the tray, even after an exception or a cancellation: a copy whose content began
        and has no reply is Unknown. Raises TransportDown when the connection ended early.
        """
        if self._down_reason or self._transport.is_closing():
            raise self._down()
        self._tray, self._carried = tray, self._loop.create_future()
        self._watch_later()
        try:
            self._take_copies()
            await self._carried
        finally:
            self._watcher.cancel()
            self._return_all(f"{_LOST}this side closed the connection", blamed=False)

    async def close(self) -> None:
        """Close the connection, with a QUIT if it is usable; takes at most QUIT_SECONDS."""
        try:
            if self._dialogue.ready and not self._transport.is_closing():
                self._dialogue.quit()
                self._flush()
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(QUIT_SECONDS, self._timeout)):
                        await self._disconnected.wait()
        finally:
            self._transport.abort()
        await asyncio.sleep(0)  # lets the loop close the socket, even if the loop stops now

    # --- called by asyncio, which would only log an exception while `carry` waited for ever ---------------------------

    def data_received(self, data: bytes) -> None:
        """Handle the replies in these octets and send what follows from them."""
        now, replies = self._loop.time(), self._dialogue.replies
        if not self._measured:
            # The first reply shows how distant the relay is.
            self._measured = True
            self._dialogue.window = self._window if now - self._waits_since >= FAR_SECONDS else 1
        try:
            for event in self._dialogue.receive(data):
                if not self._handle(event):
                    break
            if self._dialogue.replies > replies:  # octets of a reply that is not complete gain the relay no time
                self._waits_since = now
            self._take_copies()
        except Exception as error:  # noqa: BLE001
            self._fail(error)

    def eof_received(self) -> None:
        """The relay sends nothing more: return every copy that has no reply."""
        self._lose(_CLOSED)

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is closed: return every copy that has no reply."""
        self._disconnected.set()
        self._lose(f"{_LOST}{printable(str(error))}" if error else _CLOSED)

    def _wake(self) -> None:
        self._loop.call_soon(self._continue)

    def _continue(self) -> None:
        self._waiting = False
        self._safely(self._take_copies)

    def _watch_later(self) -> None:
        """Watch for an overdue reply, four times within a time-out."""
        self._watch_at = elapsed() + self._watch_every
        self._watcher = self._loop.call_later(self._watch_every, self._watch)

    def _watch(self) -> None:
        """Take out of the wait for a reply what this process was late: it was frozen, which is not the relay's time."""
        late = max(0.0, elapsed() - self._watch_at)
        self._woken = self._was_frozen()
        self._waits_since = min(self._loop.time(), self._waits_since + late)
        # A call with a time, even none, comes after the sockets are read: what arrived meanwhile counts.
        self._watcher = self._loop.call_later(0, self._judge)

    def _judge(self) -> None:
        """End the connection if a reply is overdue."""
        patience = self._patience()
        if not self._dialogue.idle and self._loop.time() - self._waits_since >= patience:
            self._lose(f"{_LOST}no answer within {patience:.3g} seconds")
        else:
            self._watch_later()

    def _patience(self) -> float:
        """How long the next reply may take as a whole, with the time that contents need on the slowest network."""
        timeout = self._final_timeout if self._dialogue.awaits_content_reply else self._timeout
        return timeout + self._dialogue.unanswered_octets / SLOWEST

    def _was_frozen(self) -> bool:
        """Whether this process has just slept over a whole interval of its watch."""
        return elapsed() - self._watch_at >= self._watch_every

    def _safely(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Exception as error:  # noqa: BLE001
            self._fail(error)

    # --- sending ------------------------------------------------------------------------------------------------------

    def _take_copies(self) -> None:
        """Take as many copies as may be in flight; end `carry` when there will be no more."""
        tray, dialogue = self._tray, self._dialogue
        if tray is None:
            return
        while self._remaining and not self._waiting and dialogue.ready:
            parcel = tray.take(self._wake)
            if parcel is None:
                self._waiting = True
            else:
                self._offer(tray, parcel)
        self._flush()
        if dialogue.idle and (not self._remaining or not tray.open):
            self._tray = None
            self._end(self._down() if self._down_reason else None)

    def _offer(self, tray: Tray, parcel: Parcel) -> None:
        rejected = outcomes.cannot_carry(parcel.envelope, self._dialogue.extensions, self._tls_version)
        if rejected is not None:
            tray.end(parcel, rejected)
        elif 0 < self.size_limit < len(parcel.message):  # no fault of its reader: the ledger decides what to do
            tray.refuse(parcel, f"the relay {self._name} takes messages of {self.size_limit:,} octets at most")
        elif not self._dialogue.chunked or tray.begin(parcel):
            self._remaining -= 1
            self._dialogue.offer(parcel)
        else:
            self._remaining = 0  # the tray lets no copy begin: finish those in flight, then end

    def _flush(self) -> None:
        outgoing = self._dialogue.outgoing
        if outgoing:
            if not self._awaits:
                self._waits_since = self._loop.time()
            self._transport.writelines(outgoing)
            outgoing.clear()
        self._awaits = self._dialogue.awaits_reply

    # --- receiving ----------------------------------------------------------------------------------------------------

    def _handle(self, event: DialogueEvent) -> bool:
        """Return whether the dialogue goes on: no copy is in flight otherwise."""
        if isinstance(event, DialogueEnded):
            self.out_of_step = event.out_of_step
            if event.verb is not None:
                phase = outcomes.PHASES.get(event.verb, Phase.UNKNOWN)
                self._last_reply = replies.parse(event.code, event.text), phase
            self._lose(printable(event.reason), blamed=not event.code)
            return False
        tray, parcel = self._tray, event.parcel
        assert tray is not None, "copies are in flight only during `carry`"
        if not isinstance(event, ContentWanted):
            self._finish(tray, event)
        elif tray.begin(parcel):
            self._dialogue.send_content(parcel)
        else:
            # The tray has finished it already. After 354 only closing the connection sends nothing.
            self._dialogue.withhold(parcel)
            self._transport.abort()
            self._end(None)
            return False
        return True

    def _finish(self, tray: Tray, event: ContentReplied | CommandRefused) -> None:
        if isinstance(event, ContentReplied):
            tray.end(event.parcel, outcomes.of_reply(event, self._tls_version))
        else:
            tray.end(event.parcel, outcomes.of_refusal(event, self._tls_version))

    def _lose(self, reason: str, *, blamed: bool = True) -> None:
        """End the connection and return every copy in flight."""
        self._transport.abort()
        self._down_reason = self._down_reason or reason
        blamed = blamed and not self._woken and not self._was_frozen()  # a relay hangs up on a frozen client
        self._safely(lambda: self._return_all(reason, blamed=blamed))
        self._end(self._down())

    def _return_all(self, reason: str, *, blamed: bool) -> None:
        tray, self._tray = self._tray, None
        if tray is None:
            return
        replied, unanswered = self._dialogue.abandon()
        for event in replied:
            self._finish(tray, event)
        for parcel, begun in unanswered:
            if begun:
                tray.end(parcel, outcomes.lost(reason.removeprefix(_LOST), self._tls_version))
            else:
                tray.put_back(parcel, f"the relay {self._name} {reason}", blamed=blamed)
            blamed = False  # only the first copy in flight can be the cause

    def _down(self) -> TransportDown:
        reply, phase = self._last_reply or (None, Phase.UNKNOWN)
        return TransportDown(f"the relay {self._name} {self._down_reason or _CLOSED}", reply=reply, phase=phase)

    def _fail(self, error: Exception) -> None:
        self._transport.abort()
        self._end(error)

    def _end(self, error: Exception | None) -> None:
        """End `carry`, once."""
        if self._carried is None or self._carried.done():
            return
        if error is None:
            self._carried.set_result(None)
        else:
            self._carried.set_exception(error)
