"""Our own sender as a contender: hands over a mailing that was begun, with the ledger on, and says what it took."""

import argparse
import asyncio
import sys
from pathlib import Path

from mailer.app.installation import App, open_app
from mailer.app.sender import open_sender
from mailer.domain.delivery import State
from mailer.pipeline.mailings.report import progress_of_all
from tests.benchmarks.meter import Meter

LOOK = 0.05  # seconds until copies that were put off are looked at again


async def send(app: App) -> None:
    """Hand over every copy that is due, and report. Ends with a sentence unless every copy was accepted."""
    with open_sender(app) as (sender, _owner):
        meter = Meter()
        drained = await sender.drain()
        meter.stop()
        (progress,) = progress_of_all(app.context)
        while progress.counts.get(State.PENDING, 0) and not drained.down:
            await asyncio.sleep(LOOK)
            drained = await sender.drain()
            meter.stop()
            (progress,) = progress_of_all(app.context)
    accepted = progress.counts.get(State.ACCEPTED, 0)
    if accepted != progress.copies:
        sys.exit(f"{accepted} of {progress.copies} copies were accepted: {progress.counts} {drained}")
    meter.report(accepted)


def main() -> None:
    """Send what the installation in the folder has begun."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    app = open_app(parser.parse_args().folder / "config.toml", who="benchmark")
    try:
        asyncio.run(send(app))
    finally:
        app.store.close()


if __name__ == "__main__":
    main()
