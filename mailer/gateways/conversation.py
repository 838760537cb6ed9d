"""One connection to the club's relay: carries what a dialogue says to the wire and back, and puts down what came of it."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from mailer.domain.errors import TransportDown
from mailer.domain.ports import Parcel, Tray
from mailer.gateways import replies, verdicts
from mailer.gateways.dialogue import Answered, Dialogue, Event, Over, Refused, Wanted

QUIT_SECONDS = 5.0  # nothing is owed after the last reply, so politeness has a limit
# From so long a round trip on, whole messages one behind the other win over one message a round trip.
FAR_SECONDS = 0.02


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
        self._done: asyncio.Future[None] = self._loop.create_future()
        self._gone = asyncio.Event()
        self._tray: Tray | None = None
        self._measured = False
        self._spoken_at = self._loop.time()
        self._watcher: asyncio.TimerHandle | None = None
        self.out_of_step = False
        transport.set_protocol(self)

    async def carry(self, tray: Tray) -> None:
        """Hand over what the tray has, until it has no more or this connection has carried enough.

        Everything taken has been put down afterwards, whatever is raised, a cancellation too: what was begun and has no
        answer is Unknown. Raises TransportDown when the connection ended before that.
        """
        self._tray = tray
        self._watch()
        try:
            if self._gone.is_set():
                raise TransportDown(f"the relay {self._name} was lost: it closed the connection")
            self._go_on()
            await self._done
        finally:
            self._abandon("it was broken off", blamed=False)
            if self._watcher is not None:
                self._watcher.cancel()

    async def leave(self) -> None:
        """Afterwards the connection is closed, with a QUIT where it is usable; never takes over QUIT_SECONDS."""
        if self._dialogue.ready and not self._transport.is_closing():
            self._dialogue.quit()
            self._flush()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._gone.wait(), min(QUIT_SECONDS, self._timeout))
        self._transport.abort()
        await asyncio.sleep(0)  # lets the loop close the socket, even when it stops right after this

    # --- asyncio's calls ----------------------------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Octets came: whatever they mean is done at once."""
        now = self._loop.time()
        if not self._measured:
            # The first answer to the first group tells how far away the relay is.
            self._measured = True
            self._dialogue.window = self._window if now - self._spoken_at >= FAR_SECONDS else 1
        self._spoken_at = now
        try:
            self._hear(self._dialogue.receive(data))
            self._go_on()
        except Exception as error:  # noqa: BLE001  (asyncio would only log it: whoever carries must know)
            self._fail(error)

    def connection_lost(self, error: Exception | None) -> None:
        """The connection is gone; what had no answer is put down."""
        self._gone.set()
        self._down(f"was lost ({replies.printable(str(error))})" if error else "was lost: it closed the connection")

    # --- what is said -------------------------------------------------------------------------------------------------

    def _go_on(self) -> None:
        """Ask for as many copies as may be asked for; leave when there will be no more."""
        tray, dialogue = self._tray, self._dialogue
        if tray is None or self._done.done():
            return
        while self._left and dialogue.ready and (parcel := tray.take(self._wake)) is not None:
            self._ask(tray, parcel)
        if dialogue.idle and (not self._left or not tray.open) and not self._done.done():
            self._tray = None
            self._done.set_result(None)
        self._flush()

    def _ask(self, tray: Tray, parcel: Parcel) -> None:
        refused = verdicts.cannot_carry(parcel.envelope, self._dialogue.extensions, self._tls_version)
        if refused is not None:
            tray.end(parcel, refused)
        elif not self._dialogue.chunked or tray.begin(parcel):
            self._left -= 1
            self._dialogue.ask(parcel)
        else:
            self._left = 0  # what may not begin here will not begin at all: end what is under way and leave

    def _wake(self) -> None:
        self._loop.call_soon(self._go_on)

    def _flush(self) -> None:
        if self._dialogue.outgoing:
            self._spoken_at = self._loop.time()
            self._transport.writelines(self._dialogue.outgoing)
            self._dialogue.outgoing.clear()

    # --- what is heard ------------------------------------------------------------------------------------------------

    def _hear(self, events: Iterable[Event]) -> None:
        tray = self._tray
        for event in events:
            match event:
                case Wanted(parcel) if tray is not None:
                    if not tray.begin(parcel):
                        self._stop(parcel)
                        return
                    self._dialogue.content(parcel)
                case Answered(parcel) if tray is not None:
                    tray.end(parcel, verdicts.of_answer(event, self._tls_version))
                case Refused(parcel) if tray is not None:
                    outcome = verdicts.of_refusal(event, self._tls_version)
                    if isinstance(outcome, str):
                        tray.back(parcel, outcome, blamed=False)
                        self._down(outcome)
                        return
                    tray.end(parcel, outcome)
                case Over(why, code, out_of_step):
                    self.out_of_step = out_of_step
                    self._down(replies.printable(why), blamed=code != 421)
                case _:
                    pass  # the answer to QUIT may bring what nobody waits for any more

    def _stop(self, unbegun: Parcel) -> None:
        """A copy that is Wanted may not leave: after 354 there is no other way than to go."""
        self._abandon("may not have it now", blamed=False, put_down=unbegun)
        self._transport.abort()
        if not self._done.done():
            self._done.set_result(None)

    def _down(self, why: str, *, blamed: bool = True) -> None:
        self._abandon(why, blamed=blamed)
        self._fail(TransportDown(f"the relay {self._name} {why}"))

    def _fail(self, error: Exception) -> None:
        self._transport.abort()
        if not self._done.done():
            self._done.set_exception(error)

    def _abandon(self, why: str, *, blamed: bool, put_down: Parcel | None = None) -> None:
        """Put down everything that is under way; the dialogue is over if anything was."""
        tray, self._tray = self._tray, None
        if tray is None:
            return
        held, left = self._dialogue.abandon()
        if held is not None:
            tray.end(held.parcel, verdicts.of_answer(held, self._tls_version))
        for parcel, begun in left:
            if begun:
                tray.end(parcel, verdicts.lost(why, self._tls_version))
            elif parcel is not put_down:
                tray.back(parcel, f"the relay {self._name} {why}", blamed=blamed)
                blamed = False  # those behind it had no part in it

    def _watch(self) -> None:
        """Every now and then: has the relay been silent for too long?"""
        if not self._dialogue.idle and self._loop.time() - self._spoken_at >= self._timeout:
            self._down(f"was lost: no answer within {self._timeout:g} seconds")
        elif not self._done.done():
            self._watcher = self._loop.call_later(self._timeout / 4, self._watch)
