"""Makes a club's installation in a folder, with the real issue where it is there, for as many readers as are asked for."""

import argparse
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mailer.app.installation import App, open_app
from mailer.gateways.sources.folder import FolderSource
from mailer.pipeline.context import IssueName
from mailer.pipeline.issues import pull
from mailer.pipeline.mailings.approve import approve_mailing
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.pipeline.mailings.send import send_mailing
from tests.benchmarks import register

ROOT = Path(__file__).parents[2]
SEED = ROOT.parent / "shared" / "seed"
CONFIG = """
[paths]
templates = "{templates}"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
connections = {connections}
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
class Issue:
    """The text that is sent, and what its readers paid for its year."""

    name: IssueName
    folder: str
    text: str
    fees: str
    paid: register.Paid


def issue(language: str) -> Issue:
    """The real issue beside the project, else the demo's (without its picture, so that every peer can send it)."""
    if SEED.is_dir():
        (file,) = (SEED / "issues").glob(f"*/{language}.md")
        fees = (SEED / "fees.toml").read_text()
    else:
        (file,) = (ROOT / "demo" / "issues").glob(f"*/{language}.md")
        fees = (ROOT / "schedules" / "fees.toml").read_text()
    text = re.sub(r"^!\[.*\n", "", file.read_text(), flags=re.MULTILINE)
    head = dict(re.findall(r"^(newsletter|serial|year): (.+)$", text, re.MULTILINE))
    season = next(one for one in tomllib.loads(fees)["season"] if one["year"] == int(head["year"]))
    option = next(one for one in season["option"] if one["years"] == 1)
    first, last = (date.fromisoformat(str(option[key])) for key in ("from", "to"))
    return Issue(
        name=IssueName(newsletter=head["newsletter"], serial=int(head["serial"])),
        folder=file.parent.name,
        text=text,
        fees=fees,
        paid=register.Paid(first=first, last=last, amount=int(option["individual"] * 100), currency=season["currency"]),
    )


def point(folder: Path, *, port: int, connections: int) -> Path:
    """The installation speaks to this port, over so many connections; returns its config.toml."""
    file = folder / "config.toml"
    file.write_text(CONFIG.format(templates=ROOT / "templates", port=port, connections=connections))
    return file


def found(folder: Path, language: str, readers: int) -> None:
    """A new installation with the issue pulled and so many readers in its register."""
    written = issue(language)
    (folder / "issues" / written.folder).mkdir(parents=True)
    (folder / "issues" / written.folder / f"{language}.md").write_text(written.text)
    (folder / "schedules").mkdir()
    (folder / "schedules" / "fees.toml").write_text(written.fees)
    schedule = SCHEDULE.format(newsletter=written.name.newsletter, language=language)
    (folder / "schedules" / f"{written.name.newsletter}.toml").write_text(schedule)
    (folder / "mailer.key").write_text("5a" * 32)
    app = open_app(point(folder, port=25, connections=1), who="benchmark")
    try:
        newsletter = app.context.newsletters[written.name.newsletter]
        source = FolderSource(newsletter.source.url, app.config.folder, lambda: None)
        pulled = pull.pull(app.context, newsletter, source)
        assert len(pulled) == 1, pulled
        register.fill(app.store, readers, language=language, paid=written.paid)
    finally:
        app.store.close()


def begin(app: App, name: IssueName) -> None:
    """Plan, approve and send: the copies leave at the next drain."""
    plan_mailing(app.context, name)
    approve_mailing(app.context, name)
    send_mailing(app.context, name)


def _prepare(folder: Path, language: str, readers: int, *, begun: bool) -> None:
    found(folder, language, readers)
    if begun:
        app = open_app(folder / "config.toml", who="benchmark")
        try:
            begin(app, issue(language).name)
        finally:
            app.store.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="An installation that is ready to send, or only ready to plan.")
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--language", choices=("en", "ru"), default="en")
    parser.add_argument("--copies", type=int, required=True)
    parser.add_argument("--only-register", action="store_true", help="nothing is planned yet")
    given = parser.parse_args()
    _prepare(given.folder, given.language, given.copies, begun=not given.only_register)
