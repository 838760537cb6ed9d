"""Sends in a process of its own, under a very short lease, so that a test can freeze and wake it."""

import argparse
import asyncio
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from mailer.app import sender as app_sender
from mailer.app.installation import open_app
from mailer.domain.mailing import MailingState
from mailer.pipeline.mailings.report import issue_progress
from tests.club import ISSUE


async def send(config: Path, lease: timedelta) -> None:
    """Send until a line arrives on stdin; say when the mailing is closed and no copy is uncertain."""
    opened = open_app(config, who="secretary")
    usual = app_sender.send_settings
    app_sender.send_settings = lambda config: replace(usual(config), lease=lease)
    enough = asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    with app_sender.open_sender(opened) as (sender, owner):
        sys.stdout.write(f"{owner}\n")
        sys.stdout.flush()
        while not enough.done():
            await sender.drain()
            found = issue_progress(opened.context, ISSUE)
            if found.state is MailingState.CLOSED and not found.counts["uncertain"]:
                sys.stdout.write("closed\n")
                sys.stdout.flush()
            await sender.stopped(0.05)
    opened.store.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--lease-seconds", type=float, required=True)
    given = parser.parse_args()
    asyncio.run(send(given.config, timedelta(seconds=given.lease_seconds)))
