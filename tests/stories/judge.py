"""A relay in a process of its own that judges a crash: it logs which copies were begun, and which it accepted."""

import argparse
import asyncio
import sys
from pathlib import Path

from tests.scripted_relay import Misbehaviour, Phase, Sink


async def sit(folder: Path, delay_seconds: float) -> None:
    """Serve until killed. A recipient is written to `begun` when content is asked for, to `taken` when it is accepted."""
    begun = (folder / "begun").open("a", buffering=1)
    taken = (folder / "taken").open("a", buffering=1)

    def script(phase: Phase, _sender: str, recipient: str, _nth: int) -> str | Misbehaviour | None:
        if phase is Phase.DATA:
            begun.write(f"{recipient}\n")
        elif phase is Phase.END:
            taken.write(f"{recipient}\n")
        return None

    async with Sink(script=script, delay_seconds=delay_seconds) as sink:
        sink.received = _Nothing()  # many thousand copies would fill the memory
        sys.stdout.write(f"{sink.port}\n")
        sys.stdout.flush()
        await asyncio.get_running_loop().create_future()


class _Nothing(list[object]):
    def append(self, _received: object) -> None:
        pass


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--delay-ms", type=float, default=0.0)
    given = parser.parse_args()
    asyncio.run(sit(given.folder, given.delay_ms / 1000))
