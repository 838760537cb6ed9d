"""Whole mailings of the made-up club, written as they would leave: every copy with its links, signed."""

from dataclasses import replace
from email.utils import localtime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from mailer.app.installation import open_app, spool
from mailer.formats.register import files
from mailer.gateways import new_installation
from mailer.gateways.sources.folder import FolderSource
from mailer.pipeline.context import IssueName
from mailer.pipeline.issues.pull import pull
from mailer.pipeline.mailings.dry_run import write_dry_run
from mailer.pipeline.register import import_export
from tests.club import Club
from tests.doubles import FrozenClock
from tests.formats.message.test_dkim import PLAIN, keys, pem, rsa
from tests.quality.hard import hard_files
from tests.quality.specimens import BOUNCES, FOLDERS, PUBLIC_URL, ROOT

ISSUE = IssueName(newsletter="russia-confidential", serial=320)
DOMAIN = "club.example"
# What an installation has of the ways back: nothing, as it comes; return paths; members' pages, too.
RETURN_PATHS = {"bounces": {"return_path_domain": BOUNCES}}
SETTINGS = {
    "as it comes": {},
    "return paths": RETURN_PATHS,
    "members' pages": RETURN_PATHS | {"web": {"listen": "127.0.0.1:8025", "public_url": PUBLIC_URL}},
}


@cache
def copies(which: str, setting: str) -> tuple[bytes, ...]:
    """Every copy of the demo's register of this issue (`demo`, or `hard`), under these settings."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        new_installation.install(folder)
        (folder / "dkim.pem").write_bytes(pem(rsa(), protection=PLAIN))
        (folder / "dkim.pem").chmod(0o600)
        signed = {"domain": DOMAIN, "selector": keys()[0].selector, "key_file": "dkim.pem"}
        Club(folder).settle(dkim=signed, **SETTINGS[setting])
        _write_issue(folder / "issues" / "2026-10", which)
        return tuple(_written(folder))


def _write_issue(folder: Path, which: str) -> None:
    folder.mkdir()
    if which == "hard":
        for file in hard_files():
            (folder / file.name).write_bytes(file.content)
    else:
        for path in FOLDERS[which].iterdir():
            (folder / path.name).write_bytes(path.read_bytes())


def _written(folder: Path) -> list[bytes]:
    # The true time: a filter holds an old date against a message.
    app = open_app(folder / "config.toml", who="secretary", clock=FrozenClock(localtime()))
    try:
        context, demo = app.context, ROOT / "demo"
        import_export.import_register(
            replace(context, who="secretary"),
            members_table=files.read_members("members.csv", (demo / "members.csv").read_bytes()),
            payments_table=files.read_payments("payments.csv", (demo / "payments.csv").read_bytes()),
            end_missing=None,
            skip_bad=False,
        )
        newsletter = context.newsletters[ISSUE.newsletter]
        pull(context, newsletter, FolderSource(newsletter.source.url, folder, lambda: None))
        return [path.read_bytes() for path in write_dry_run(context, ISSUE, spool(folder / "out"))]
    finally:
        app.store.close()
