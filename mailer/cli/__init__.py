"""The commands: a function each, a few lines of body: parse, call a verb, print."""

import os
import sys
from collections.abc import Sequence

from mailer.cli import console
from mailer.cli.commands import app
from mailer.domain.errors import MailerError
from mailer.store import DatabaseError
from mailer.views.remedies import sentence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command. Exit status: 0 done; 1 refused or failed, with a line on stderr; 2 wrong usage."""
    os.umask(0o077)  # whatever is written here is for its owner alone
    words = console.globals_first(list(sys.argv[1:] if arguments is None else arguments))
    try:
        with console.closing:
            app(args=words, prog_name="mailer")
    except MailerError as error:
        console.complain(sentence(error))
        sys.exit(1)
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            sys.exit(1)  # whoever read our output has gone
        console.complain(
            f"{error.filename or 'a file or connection'}: {error.strerror or error}; nothing more was done"
        )
        sys.exit(1)
    except DatabaseError as error:
        console.complain(f"the database did not do it, nothing was changed: {error.__cause__ or type(error).__name__}")
        sys.exit(1)
    except KeyboardInterrupt:
        console.complain("interrupted; what was done stays done, `mailer status` shows how it stands")
        sys.exit(1)
