"""Watches the clock for a daemon: nothing is done while it is far behind the ledger at the start, and a jump is logged."""

from datetime import datetime, timedelta
from threading import Lock

from mailer.app.installation import App
from mailer.domain.due import JUMP
from mailer.pipeline import servicelog
from mailer.pipeline.context import Context


class ClockWatch:
    """What one daemon knows of the clock since it started."""

    def __init__(self) -> None:
        self._last: tuple[datetime, float] | None = None  # the clock at the last look; None while it is not believed
        self._doubted = False
        self._one_at_a_time = Lock()

    def is_right(self, app: App) -> bool:
        """Whether the clock may be believed. Once it was, it is: what is under way is measured by one that cannot be set."""
        clock = app.context.clock
        with self._one_at_a_time:
            if self._last is None and not self._is_believed(app.context):
                return False
            now, elapsed = clock.now(), clock.elapsed()
            if self._last is not None:
                before, since = self._last
                self._note_jump(app.context, before + timedelta(seconds=elapsed - since), now)
            self._last = now, elapsed
        return True

    def _is_believed(self, context: Context) -> bool:
        doubt = context.doubt_of_clock()
        if doubt is not None and not self._doubted:
            servicelog.clock_doubted(doubt)
        if doubt is None and self._doubted:
            servicelog.clock_believed(context.clock.now())
        self._doubted = doubt is not None
        return doubt is None

    def _note_jump(self, context: Context, expected: datetime, now: datetime) -> None:
        if abs(now - expected) < JUMP:
            return
        servicelog.clock_set(expected, now)
        if now < expected:
            context.believe_clock(f"set back from {expected:%Y-%m-%d %H:%M} UTC")
