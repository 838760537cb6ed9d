"""The whole service of a made-up club, as an operator runs it: `mailer daemon` with its console on loopback."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.user import User
from mailer.gateways.clock import SystemClock
from mailer.pipeline.users import add_user
from tests.browser.relay import Relay, a_relay
from tests.club import Club, Member, Tables, import_register
from tests.servers import free_port, wait_for, wait_until

PATIENCE = 60  # seconds for a letter, on a busy machine
PASSWORD = "lamp oil and winter"
EDITOR, SECRETARY, ADMIN = "Elena", "Vera", "Arkady"
ROLES = {EDITOR: Role.EDITOR, SECRETARY: Role.SECRETARY, ADMIN: Role.ADMIN}


@dataclass(frozen=True, kw_only=True)
class Service:
    """A running service: its club, its relay, and the address of its console."""

    club: Club
    relay: Relay
    url: str

    def waits_for_letter(self, recipient: str, words: bytes = b"", *, after: int = 0) -> None:
        """Wait until the relay has taken a message for this address that says this, after so many others."""
        wait_until(
            lambda: any(words in letter for letter in self.relay.letters(recipient)[after:]),
            f"no letter has come for {recipient}",
            PATIENCE,
        )

    @contextmanager
    def opened(self) -> Iterator[App]:
        """The installation, as a command of the secretary opens it."""
        with self.club.opened(SystemClock(), who=SECRETARY) as app:
            yield app


@contextmanager
def a_service(
    folder: Path, schedule: Tables, people: Sequence[Member], *, language: str = "en", issue: bool = True
) -> Iterator[Service]:
    """A service with these members and a user of each role, until the end of the block."""
    club = Club.found(folder / "club", schedule)
    if not issue:
        for path in (club.folder / "issues").rglob("*.md"):
            path.unlink()
    port = free_port()
    url = f"http://localhost:{port}"
    with a_relay() as relay:
        club.settle(
            smtp={"port": relay.port, "connections": 1},
            web={"listen": f"127.0.0.1:{port}", "public_url": url},
        )
        with club.opened(SystemClock()) as app:
            if people:
                import_register(app, people)
            for name, role in ROLES.items():
                add_user(app.context, User(id=0, name=name, role=role, language=language), PASSWORD)
        with (folder / "daemon.log").open("wb") as log:
            daemon = subprocess.Popen([sys.executable, "-m", "mailer", "daemon"], env=_environment(club), stderr=log)
        try:
            wait_for(port, daemon)
            yield Service(club=club, relay=relay, url=url)
        finally:
            daemon.terminate()
            daemon.wait(30)


def _environment(club: Club) -> dict[str, str]:
    usual = {name: value for name, value in os.environ.items() if not name.startswith("MAILER_")}
    return usual | {"MAILER_CONFIG": str(club.config), "PYTHONPATH": str(Path(__file__).parents[2])}
