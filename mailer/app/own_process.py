"""Opens in a process that another one of ours has started the installation which that one has open, or ends."""

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from mailer.app.installation import App, open_app
from mailer.app.own_processes import OTHER_PROGRAM, OTHER_SETTINGS
from mailer.config import fingerprint, load_config
from mailer.gateways.log_lines import LogFormat, log_to_stderr
from mailer.gateways.process.program import program_mark
from mailer.pipeline import maillog


def parser() -> argparse.ArgumentParser:
    """Reads the options that every such process is given."""
    options = argparse.ArgumentParser(description="Started by another process of ours, never by hand.")
    options.add_argument("--config", type=Path, required=True)
    options.add_argument("--who", required=True)
    options.add_argument("--program", required=True)
    options.add_argument("--fingerprint", required=True)
    options.add_argument("--log-level", type=int, required=True)
    options.add_argument("--log-format", type=LogFormat, required=True)
    return options


@contextmanager
def opened(options: argparse.Namespace) -> Iterator[App]:
    """The installation. Exits where this process would not be of the same program or have read the same settings."""
    log_to_stderr(options.log_level, options.log_format)
    maillog.troubles.said_by_another = True  # the first process writes to the same disk
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # the first process hears it
    if program_mark() != options.program:
        sys.exit(OTHER_PROGRAM)  # before it opens the database, which it might migrate to another schema
    if fingerprint(load_config(options.config)) != options.fingerprint:
        sys.exit(OTHER_SETTINGS)  # before they are read in full: there may be something wrong in them
    app = open_app(options.config, who=options.who)
    with closing(app.store):
        if app.context.fingerprint != options.fingerprint:
            sys.exit(OTHER_SETTINGS)
        yield app
