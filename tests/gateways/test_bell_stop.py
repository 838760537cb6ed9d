"""A worker that is stopped while its bell is lost ends without a word more."""

import asyncio
import gc
import warnings
from collections.abc import Sequence

import pytest

from mailer.gateways import bell
from tests.servers import free_port

pytest.importorskip("procrastinate")


async def test_a_stop_while_what_was_lost_is_put_away_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    ending = asyncio.Event()

    async def never_ends(_workers: Sequence[asyncio.Task[None]]) -> None:
        ending.set()
        await asyncio.Event().wait()

    async def deliver(_mailing: int) -> bool:
        return False

    monkeypatch.setattr(bell, "_end", never_ends)
    tasks = {"deliver": deliver, "letters": deliver}
    nowhere = f"host=127.0.0.1 port={free_port()}"
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        listening = asyncio.create_task(bell.run(nowhere, tasks, lambda _reason: None, lambda: None))
        await asyncio.wait_for(ending.wait(), 30)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        del listening
        gc.collect()
    assert [str(warning.message) for warning in said] == []
