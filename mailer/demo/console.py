"""What the demo shows in a browser: two users, an issue that waits for approval, and a copy that came back."""

import secrets
import shutil
import socket
from dataclasses import dataclass, replace
from pathlib import Path

from mailer.app import installation
from mailer.app.installation import App
from mailer.domain.access import Role
from mailer.domain.bounce import RawReport, Way
from mailer.domain.delivery import State
from mailer.domain.user import User
from mailer.pipeline.bounces.ingest import ingest
from mailer.pipeline.context import IssueName
from mailer.pipeline.issues.pull import pull
from mailer.pipeline.mailings.deliveries import list_deliveries
from mailer.pipeline.users import add_user

# The port of a new installation, unless another program has it.
USUAL_PORT = 8025
# Few words are enough for a console on this machine that lives for an hour.
_WORDS = [
    "amber",
    "anchor",
    "beacon",
    "birch",
    "cedar",
    "comet",
    "copper",
    "coral",
    "delta",
    "ember",
    "fjord",
    "garnet",
    "harbour",
    "island",
    "juniper",
    "lantern",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoUser:
    """A user of the demo's console, with the password in clear."""

    name: str
    password: str


def _free_port() -> int:
    """The usual port if it is free, else another one."""
    for port in (USUAL_PORT, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("no port is free on 127.0.0.1")


def settings() -> dict[str, str]:
    """The settings of the console as they stand in config.toml.

    Browsers and members reach it by the name localhost, under which passkeys work too.
    """
    port = _free_port()
    return {"listen": f'"127.0.0.1:{port}"', "public_url": f'"http://localhost:{port}"'}


def add_users(app: App) -> list[DemoUser]:
    """Add a secretary and an editor, each with a password of four words."""
    users = []
    for role in (Role.SECRETARY, Role.EDITOR):
        user = DemoUser(name=role.value, password=" ".join(secrets.SystemRandom().sample(_WORDS, 4)))
        address = f"{role.value}@club.example"
        add_user(
            replace(app.context, who="operator"), User(id=0, name=user.name, role=role, address=address), user.password
        )
        users.append(user)
    return users


def return_a_copy(app: App, name: IssueName, folder: Path) -> None:
    """Bring back one of the copies that the relay accepted, as the server of its reader would."""
    accepted = list_deliveries(app.context, name, State.ACCEPTED)
    copy = next(copy for copy in accepted if copy.language == "en")
    letter = (folder / "bounce.txt").read_text(encoding="utf-8")
    letter = letter.replace("{address}", copy.address).replace("{message_id}", copy.message_id)
    ingest(app.context, [RawReport(content=letter.encode(), recipient="", way=Way.FILE)])


def pull_next_issue(app: App, folder: Path) -> None:
    """Put the next issue into the source and pull it; the daemon plans it, and it waits for approval."""
    for issue in sorted((folder / "later").iterdir()):
        shutil.move(issue, folder / "issues" / issue.name)
    (folder / "later").rmdir()
    for newsletter in app.context.newsletters.values():
        pull(replace(app.context, who="editor"), newsletter, installation.source(app, newsletter))
