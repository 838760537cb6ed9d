"""Our own sender as a contender: hands over a mailing that was begun, with the ledger on, and says what it took."""

import argparse
import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from mailer.app.installation import App, open_app
from mailer.app.sender import open_sender
from mailer.domain.delivery import State
from mailer.pipeline.mailings.report import progress_of_all
from tests.benchmarks.meter import FamilyMemory, Meter
from tests.benchmarks.signed import ED25519_FILE, Signed

LOOK = 0.05  # seconds until copies that were put off, or are in the hands of a further process, are looked at again
OPEN = (State.PENDING, State.SENDING)


async def send(app: App) -> None:
    """Hand over every copy that is due, and report. Ends with a sentence unless every copy was accepted."""
    with FamilyMemory() as memory, open_sender(app) as (sender, _owner):
        meter = Meter()
        drained = await sender.drain()
        meter.stop()
        (progress,) = progress_of_all(app.context)
        while any(progress.counts.get(state, 0) for state in OPEN) and not drained.down:
            await asyncio.sleep(LOOK)
            drained = await sender.drain()
            meter.stop()
            (progress,) = progress_of_all(app.context)
    accepted = progress.counts.get(State.ACCEPTED, 0)
    if accepted != progress.copies:
        sys.exit(f"{accepted} of {progress.copies} copies were accepted: {progress.counts} {drained}")
    meter.report(accepted, peak=memory.peak_kb)


def signed_with_ed25519(app: App) -> App:
    """The same installation, whose copies have an Ed25519 signature and no other."""
    from mailer.formats.message.dkim import DkimSigner  # not in the memory of a run without signatures
    from mailer.formats.message.dkim_key import read_dkim_key

    key = read_dkim_key("e1", (app.config.folder / ED25519_FILE).read_bytes())
    signer = DkimSigner(domain="club.example", keys=(key,))
    return replace(app, context=replace(app.context, signing=lambda: signer))


def main() -> None:
    """Send what the installation in the folder has begun."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--signed", type=Signed, default=Signed.NOT)
    given = parser.parse_args()
    app = open_app(given.folder / "config.toml", who="benchmark")
    if given.signed is Signed.ED25519:
        app = signed_with_ed25519(app)
    try:
        asyncio.run(send(app))
    finally:
        app.store.close()


if __name__ == "__main__":
    main()
