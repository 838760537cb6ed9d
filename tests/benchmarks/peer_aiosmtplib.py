"""aiosmtplib as a peer: a message of the standard library for each reader, over several connections at once."""

import asyncio
from collections.abc import Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as POLICY

import aiosmtplib

from tests.benchmarks import peer
from tests.benchmarks.meter import Meter

SENDER = "bulletin@club.example"


def message(told: dict, copy: peer.Copy) -> EmailMessage:
    """The reader's message, as the standard library's manual makes one."""
    made = EmailMessage(policy=POLICY)
    made["From"] = told["from"]
    made["To"] = Address(copy.name, addr_spec=copy.recipient)
    made["Subject"] = told["subject"]
    made["Date"] = told["date"]
    made["Message-ID"] = copy.message_id
    made.set_content(copy.text)
    made.add_alternative(copy.html, subtype="html")
    for name, value in told["headers"].items():
        made[name] = value
    return made


async def work(port: int, told: dict, left: Iterator[peer.Copy], made: bytes | None) -> None:
    """One connection: copy after copy while there are any."""
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, use_tls=False, start_tls=False) as relay:
        for copy in left:  # shared by all connections
            content = made if made is not None else message(told, copy).as_bytes()
            await relay.sendmail(SENDER, [copy.recipient], content)


async def main() -> None:
    """Send and report."""
    errand = peer.errand()
    told, people = peer.letter(errand.folder), peer.readers(errand)
    made = (errand.folder / "letter.eml").read_bytes().replace(b"\n", b"\r\n") if errand.ready_made else None
    meter = Meter()
    left = peer.copies(told, people)
    async with asyncio.TaskGroup() as group:
        for _ in range(errand.connections):
            group.create_task(work(errand.port, told, left, made))
    meter.stop()
    meter.report(errand.copies)


if __name__ == "__main__":
    asyncio.run(main())
