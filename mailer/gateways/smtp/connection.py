"""One connection to the club's relay: carries what a dialogue says to the wire and back, and puts down what came of it."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

from mailer.domain.errors import TransportDown
from mailer.domain.ports import Parcel, Tray
from mailer.gateways.smtp import outcomes, replies
from mailer.gateways.smtp.dialogue import Dialogue
from mailer.gateways.smtp.events import Answered, CommandRefused, Event, Over, Wanted

QUIT_SECONDS = 5.0  # nothing is owed after the last reply, so politeness has a limit
# From so long a round trip on, whole messages one behind the other win over one message a round trip.
FAR_SECONDS = 0.02
# Octets a second that the slowest line carries: while they can still be on their way, no answer can be late.
SLOWEST = 8_000
_CLOSED = "was lost: it closed the connection"


class SmtpConnection(asyncio.Protocol):
    """A greeted connection, taken over from whoever made it. It carries one tray, and is closed afterwards."""

    def __init__(
        self,
        transport: asyncio.WriteTransport,
        *,
        name: str,
        extensions: frozenset[str],
        timeout_seconds: float,
        window: int = 1,
        messages_at_most: int = 0,
    ) -> None:
        """`window` is used where the relay is far away and offers CHUNKING; `messages_at_most` 0: no limit."""
        self._transport = transport
        self._name = name
        self._dialogue = Dialogue(extensions)
        self._timeout = timeout_seconds
        self._window = window
        self._left = messages_at_most or -1  # how many more may be asked for; never 0 when there is no limit
        tls = transport.get_extra_info("ssl_object")
        self._tls_version = (tls.version() or "") if tls else ""
        self._loop = asyncio.get_running_loop()
        self._gone = asyncio.Event()
        self._down_for = ""  # why the relay cannot be used any more
        self._tray: Tray | None = None  # there while somebody carries
        self._done: asyncio.Future[None] | None = None
        self._waits = False  # the tray had nothing, and will wake us
        self._measured = False
        self._heard_at = self._loop.time()  # or spoke last
        self._patience = timeout_seconds
        self._watcher: asyncio.TimerHandle  # there once somebody carries
        self.out_of_step = False
        transport.set_protocol(self)

    async def carry(self, tray: Tray) -> None:
        """Hand over what the tray has, until it has no more or this connection has carried enough.

        Everything taken has been put down afterwards, whatever is raised, a cancellation too: what was begun and has no
        answer is Unknown. Raises TransportDown when the connection ended before that.
        """
        if self._down_for or self._transport.is_closing():
            raise self._down()
        self._tray, self._done = tray, self._loop.create_future()
        self._watch()
        try:
            self._go_on()
            await self._done
        finally:
            self._watcher.cancel()
            self._put_all_down("was left in the middle", blamed=False)

    async def leave(self) -> None:
        """Afterwards the connection is closed, with a QUIT where it is usable; never takes over QUIT_SECONDS."""
        try:
            if self._dialogue.ready and not self._transport.is_closing():
                self._dialogue.quit()
                self._flush()
                with suppress(TimeoutError):
                    async with asyncio.timeout(min(QUIT_SECONDS, self._timeout)):
                        await self._gone.wait()
        finally:
            self._transport.abort()
        await asyncio.sleep(0)  # lets the loop close the socket, even when it stops right after this

    # --- asyncio's calls; whatever they raise it would only log, and whoever carries would wait for ever --------------

    def data_received(self, data: bytes) -> None:
        """Octets came: whatever they mean is done at once."""
        now = self._loop.time()
        if not self._measured:
            # The first answer to the first group tells how far away the relay is.
            self._measured = True
            self._dialogue.window = self._window if now - self._heard_at >= FAR_SECONDS else 1
        self._heard_at = now
        try:
            self._hear(self._dialogue.receive(data))
            self._go_on()
        except Exception as error:  # noqa: BLE001
            self._fail(error)

    def eof_received(self) -> None:
        """The relay says nothing more; what had no answer is put down."""
        self._lose(_CLOSED)

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is gone; what had no answer is put down."""
        self._gone.set()
        self._lose(f"was lost ({replies.printable(str(error))})" if error else _CLOSED)

    def _wake(self) -> None:
        self._loop.call_soon(self._woken)

    def _woken(self) -> None:
        self._waits = False
        self._safely(self._go_on)

    def _watch(self) -> None:
        """Every now and then: has the relay been silent for too long?"""
        if not self._dialogue.idle and self._loop.time() - self._heard_at >= self._patience:
            self._lose(f"was lost: no answer within {self._patience:.3g} seconds")
        else:
            self._watcher = self._loop.call_later(self._timeout / 4, self._watch)

    def _safely(self, step: Callable[[], None]) -> None:
        try:
            step()
        except Exception as error:  # noqa: BLE001
            self._fail(error)

    # --- what is said -------------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Ask for as many copies as may be asked for; end when there will be no more."""
        tray, dialogue = self._tray, self._dialogue
        if tray is None:
            return
        while self._left and not self._waits and dialogue.ready:
            parcel = tray.take(self._wake)
            if parcel is None:
                self._waits = True
            else:
                self._ask(tray, parcel)
        self._flush()
        if dialogue.idle and (not self._left or not tray.open):
            self._tray = None
            self._end(self._down() if self._down_for else None)

    def _ask(self, tray: Tray, parcel: Parcel) -> None:
        refused = outcomes.cannot_carry(parcel.envelope, self._dialogue.extensions, self._tls_version)
        if refused is not None:
            tray.end(parcel, refused)
        elif not self._dialogue.chunked or tray.begin(parcel):
            self._left -= 1
            self._dialogue.ask(parcel)
        else:
            self._left = 0  # the tray has a reason not to let copies begin: finish what is under way, and leave

    def _flush(self) -> None:
        outgoing = self._dialogue.outgoing
        if outgoing:
            self._heard_at = self._loop.time()
            self._patience = self._timeout + sum(map(len, outgoing)) / SLOWEST
            self._transport.writelines(outgoing)
            outgoing.clear()

    # --- what is heard ------------------------------------------------------------------------------------------------

    def _hear(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, Over):
                self.out_of_step = event.out_of_step
                self._lose(replies.printable(event.why), blamed=not event.code)
                return
            tray = self._tray
            assert tray is not None, "a copy is under way only while somebody carries"
            if not isinstance(event, Wanted):
                self._put_down(tray, event)
            elif tray.begin(event.parcel):
                self._dialogue.content(event.parcel)
            else:
                # The tray has put it down already. After 354 there is no other way to send nothing than to go.
                self._dialogue.withhold(event.parcel)
                self._transport.abort()
                self._end(None)

    def _put_down(self, tray: Tray, event: Answered | CommandRefused) -> None:
        if isinstance(event, Answered):
            tray.end(event.parcel, outcomes.of_answer(event, self._tls_version))
            return
        outcome = outcomes.of_refusal(event, self._tls_version)
        if isinstance(outcome, str):
            # It will refuse the next ones too: finish what is under way, and leave.
            self._down_for, self._left = outcome, 0
            tray.back(event.parcel, outcome, blamed=False)
        else:
            tray.end(event.parcel, outcome)

    def _lose(self, why: str, *, blamed: bool = True) -> None:
        """The connection can be used no more: put down everything that is under way."""
        self._transport.abort()
        self._down_for = self._down_for or why
        self._safely(lambda: self._put_all_down(why, blamed=blamed))
        self._end(self._down())

    def _put_all_down(self, why: str, *, blamed: bool) -> None:
        tray, self._tray = self._tray, None
        if tray is None:
            return
        known, left = self._dialogue.abandon()
        for event in known:
            self._put_down(tray, event)
        for parcel, begun in left:
            if begun:
                tray.end(parcel, outcomes.lost(why, self._tls_version))
            else:
                tray.back(parcel, f"the relay {self._name} {why}", blamed=blamed)
            blamed = False  # those behind it had no part in it

    def _down(self) -> TransportDown:
        return TransportDown(f"the relay {self._name} {self._down_for or _CLOSED}")

    def _fail(self, error: Exception) -> None:
        self._transport.abort()
        self._end(error)

    def _end(self, error: Exception | None) -> None:
        """Whoever carries is told, once."""
        if self._done is None or self._done.done():
            return
        if error is None:
            self._done.set_result(None)
        else:
            self._done.set_exception(error)
