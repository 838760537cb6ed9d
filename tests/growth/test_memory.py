"""What lists the register or the ledger for programs reads while it writes: its memory does not grow with the people."""

import os
import tracemalloc
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from mailer.cli import console, main
from mailer.gateways.clock import SystemClock
from mailer.store.columns import CHUNK
from tests.cli.terminal import quiet
from tests.club import THURSDAY
from tests.growth.conftest import PEOPLE, SMALL, ACopy
from tests.growth.counting import TIMES
from tests.growth.grown import SENT

pytestmark = pytest.mark.growth

# Octets that a person or a copy takes while its chunk is in hand; the smaller club does not fill a chunk.
IN_HAND = 4_000
AT_MOST = 1.3


@pytest.mark.parametrize("words", ["person list", f"delivery list {SENT}"])
def test_memory_stays(a_copy: ACopy, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda _: THURSDAY)
    peaks = []
    for people in (SMALL, PEOPLE, TIMES * PEOPLE):
        with a_copy(people) as club:
            monkeypatch.setenv("MAILER_CONFIG", str(club.config))
            peaks.append(peak_of(lambda: main([*words.split(), "--json"])))
    _warm, few, many = peaks
    assert many <= AT_MOST * few + IN_HAND * (CHUNK - PEOPLE), peaks


def peak_of(command: Callable[[], None]) -> int:
    """The most octets that a command takes at a time; what it writes is thrown away."""
    umask = os.umask(0o077)
    console.invocation.config = Path("/nowhere")
    with Path(os.devnull).open("w") as nowhere, redirect_stdout(nowhere):
        tracemalloc.start()
        try:
            with pytest.raises(SystemExit) as ended:
                command()
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
            os.umask(umask)
            quiet()
    assert not ended.value.code
    return peak
