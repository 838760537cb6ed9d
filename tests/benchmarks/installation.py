"""Makes a club's installation in a folder, ready to send or only ready to plan, for as many readers as are asked for."""

import argparse
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from mailer.app.installation import App, open_app
from mailer.gateways.sources.folder import FolderSource
from mailer.pipeline.context import IssueName
from mailer.pipeline.issues import pull
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from tests.benchmarks import register
from tests.benchmarks.issues import Length, issue
from tests.benchmarks.signed import ED25519_FILE, Signed
from tests.benchmarks.sinks import ROOT

CONFIG = """
[paths]
templates = "{templates}"
[smtp]
host = "127.0.0.1"
port = {port}
security = "{security}"
ca_file = "{ca_file}"
connections = {connections}
"""
PROCESSES = """
[delivery]
processes = {processes}
"""
RSA_FILE = "rsa.pem"
RSA = f"""
[dkim]
domain = "club.example"
selector = "r1"
key_file = "{RSA_FILE}"
"""
ED25519 = f"""
ed25519_selector = "e1"
ed25519_key_file = "{ED25519_FILE}"
"""
SCHEDULE = """
[newsletter]
id = "{newsletter}"
languages = ["{language}"]
[send]
undo_minutes = 0
[approval]
editors = []
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How an installation sends."""

    security: str = "none"
    signed: Signed = Signed.NOT
    processes: int = 1


def point(
    folder: Path, *, port: int, connections: int, setting: Setting | None = None, ca_file: Path | None = None
) -> Path:
    """The installation speaks to this port, over so many connections, as the setting says; returns its config.toml."""
    setting = setting or Setting()
    config = CONFIG.format(
        templates=ROOT / "templates",
        port=port,
        security=setting.security,
        ca_file=ca_file if ca_file and setting.security != "none" else "",
        connections=connections,
    )
    if setting.processes > 1:
        config += PROCESSES.format(processes=setting.processes)
    if setting.signed in {Signed.RSA, Signed.BOTH}:
        config += RSA + (ED25519 if setting.signed is Signed.BOTH else "")
    file = folder / "config.toml"
    file.write_text(config)
    return file


def found(folder: Path, language: str, readers: int, length: Length = Length.TEXT) -> None:
    """A new installation with the issue pulled and so many readers in its register."""
    written = issue(language, length)
    content = folder / "issues" / written.folder
    content.mkdir(parents=True)
    (content / f"{language}.md").write_text(written.text)
    for name, picture in written.pictures.items():
        (content / name).write_bytes(picture)
    (folder / "schedules").mkdir()
    (folder / "schedules" / "fees.toml").write_text(written.fees)
    schedule = SCHEDULE.format(newsletter=written.name.newsletter, language=language)
    (folder / "schedules" / f"{written.name.newsletter}.toml").write_text(schedule)
    (folder / "mailer.key").write_text("5a" * 32)
    _write_keys(folder)
    app = open_app(point(folder, port=25, connections=1), who="benchmark")
    try:
        newsletter = app.context.newsletters[written.name.newsletter]
        source = FolderSource(newsletter.source.url, app.config.folder, lambda: None)
        pulled = pull.pull(app.context, newsletter, source)
        assert len(pulled) == 1, pulled
        register.fill(app.store, readers, language=language, paid=written.paid)
    finally:
        app.store.close()


def _write_keys(folder: Path) -> None:
    keys = {RSA_FILE: generate_private_key(65537, 2048), ED25519_FILE: Ed25519PrivateKey.generate()}
    for name, key in keys.items():
        file = folder / name
        file.touch(mode=0o600)
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def begin(app: App, name: IssueName) -> None:
    """Plan, approve and send: the copies leave at the next drain."""
    plan_mailing(app.context, name)
    approve_mailing(app.context, name)
    send_mailing(app.context, name)


def prepare(
    folder: Path, language: str, readers: int, *, length: Length = Length.TEXT, only_register: bool = False
) -> None:
    """A new installation whose mailing was begun, or that has only its register."""
    found(folder, language, readers, length)
    if not only_register:
        app = open_app(folder / "config.toml", who="benchmark")
        try:
            begin(app, issue(language).name)
        finally:
            app.store.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="An installation that is ready to send, or only ready to plan.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--language", choices=("en", "ru"), default="en")
    parser.add_argument("--length", type=Length, default=Length.TEXT)
    parser.add_argument("--copies", type=int, required=True)
    parser.add_argument("--only-register", action="store_true", help="nothing is planned yet")
    given = parser.parse_args()
    prepare(given.folder, given.language, given.copies, length=given.length, only_register=given.only_register)
