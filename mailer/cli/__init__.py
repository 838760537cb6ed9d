"""The commands of the terminal: each parses what was typed, calls a verb of the pipeline and prints a view."""

import atexit
import gc
import os
import sys
from collections.abc import Sequence

from mailer.cli import console
from mailer.cli.commands import app
from mailer.domain.errors import BadInput, MailerError
from mailer.gateways.log_lines import is_json
from mailer.views.remedies import sentence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command. Exit status: 0 done; 1 refused or failed, with a line on stderr; 2 wrong usage."""
    os.umask(0o077)  # files made here are for their owner alone
    # At its end Python would look for garbage among all objects of the libraries, for a fifth of a command's time.
    atexit.register(gc.freeze)
    if os.environ.get("CLUB_MAILER"):  # set by the installation's own script
        console.invocation.command = "club-mailer"
    words = console.globals_first(list(sys.argv[1:] if arguments is None else arguments))
    try:
        _refuse_undecoded(words)
        with console.closing:
            app(args=words, prog_name=console.invocation.command)
    except BrokenPipeError:
        sys.exit(1)  # the program that read the output has ended
    except MailerError as error:
        _fail(sentence(error))
    except OSError as error:
        _fail(f"{error.filename or 'a file or connection'}: {error.strerror or error}; nothing more was done")
    except KeyboardInterrupt:
        _fail("interrupted; what was done stays done, `mailer status` shows how it stands")
    except Exception as error:
        from mailer.store import DatabaseError  # only now: most commands that fail have not loaded the database

        if not isinstance(error, DatabaseError):
            raise
        _fail(_of_database(error))


def _refuse_undecoded(words: Sequence[str]) -> None:
    """BadInput for a word that is no UTF-8, unless it names a file: a terminal with another encoding types names so."""
    for word in words:
        is_undecoded = any("\udc80" <= letter <= "\udcff" for letter in word)
        if is_undecoded and not any(map(os.path.lexists, (word, word.partition("=")[2]))):
            raise BadInput(f"{word!r} is not written in UTF-8: set the terminal to UTF-8, then type it again")


def _of_database(error: Exception) -> str:
    """What the database said, and what that means for what the command was to do."""
    from mailer.domain.remedy import Action
    from mailer.store import is_away, is_damaged

    words = next(iter(str(error.__cause__ or type(error).__name__).strip().splitlines()), "")
    if is_damaged(error):
        return sentence(
            MailerError(f"the database is damaged: {words}", Action.CHECK_DATABASE.of(), Action.RESTORE.of())
        )
    if is_away(error):
        return (
            f"the database went away before the end ({words}): what was done before stays, the last step perhaps; when it answers "
            "again, look with `mailer status`, then give the command again"
        )
    return f"the database refused, nothing was changed: {words}"


def _fail(message: str) -> None:
    """End with a line for the person, or for the program that reads the log of a service."""
    if is_json():
        from mailer.pipeline import servicelog

        servicelog.ended(message)
    else:
        console.complain(message)
    sys.exit(1)
