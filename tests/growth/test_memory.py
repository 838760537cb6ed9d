"""What lists the register or the ledger for programs reads while it writes: its memory does not grow with the people."""

import os
import sys
import tracemalloc
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from mailer.cli import console, main
from mailer.gateways.clock import SystemClock
from mailer.store.copies import pages
from tests.cli.terminal import quiet
from tests.club import THURSDAY
from tests.growth.conftest import ACopy
from tests.growth.grown import SENT

# Octets that each further person may add to the peak: less than a copy of theirs takes, more than what is not collected yet.
AT_MOST = 500
# So many people are in hand at a time, so that every club fills its chunks.
IN_HAND = 20


@pytest.fixture
def in_small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The register and the ledger are read by a few people at a time."""
    for name, module in list(sys.modules.items()):
        if name.startswith("mailer.") and hasattr(module, "CHUNK"):
            monkeypatch.setattr(module, "CHUNK", IN_HAND)


def added_by_each(a_copy: ACopy, sizes: Sequence[int], monkeypatch: pytest.MonkeyPatch, words: str) -> float:
    """The octets that a command's peak grows by with each person."""
    peaks = []
    for people in sizes:
        with a_copy(people) as club:
            monkeypatch.setenv("MAILER_CONFIG", str(club.config))
            peaks.append(peak_of(lambda: main([*words.split(), "--json"])))
    _warm, few, many = peaks
    return (many - few) / (sizes[-1] - sizes[-2])


@pytest.mark.usefixtures("in_small_chunks")
@pytest.mark.parametrize("words", ["person list", f"delivery list {SENT}"])
def test_memory_stays(a_copy: ACopy, sizes: Sequence[int], monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda _: THURSDAY)
    assert added_by_each(a_copy, sizes, monkeypatch, words) <= AT_MOST


@pytest.mark.usefixtures("in_small_chunks")
def test_a_list_of_all_is_noticed(a_copy: ACopy, sizes: Sequence[int], monkeypatch: pytest.MonkeyPatch) -> None:
    every = pages.every
    monkeypatch.setattr(SystemClock, "now", lambda _: THURSDAY)
    monkeypatch.setattr(pages, "every", lambda *searched: iter(list(every(*searched))))
    assert added_by_each(a_copy, sizes, monkeypatch, f"delivery list {SENT}") > AT_MOST


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
