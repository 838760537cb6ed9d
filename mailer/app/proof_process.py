"""Is a process that proves a part of a large mailing for the one that started it: makes its copies, and counts them."""

import os
import sys
from threading import Thread

from mailer.app.own_process import opened, parser
from mailer.app.own_processes import DONE, FAILED
from mailer.app.proof_processes import UNMAKEABLE
from mailer.domain.errors import CannotRender
from mailer.pipeline import maillog
from mailer.pipeline.issues.proof import prove_part

_STDIN = 0


def main() -> None:
    """Print how many copies are made, from time to time and once each was. Exit status: why the last is not of all."""
    reader = parser()
    reader.add_argument("--mailing", type=int, required=True)
    reader.add_argument("--first", type=int, required=True)
    reader.add_argument("--last", type=int, required=True)
    options = reader.parse_args()
    Thread(target=_end_with_the_first_process, daemon=True).start()
    status = DONE
    try:
        with opened(options) as app:
            _tell(prove_part(app.context, options.mailing, range(options.first, options.last + 1), _tell))
    except CannotRender:
        status = UNMAKEABLE
    except Exception as error:  # noqa: BLE001  (the first process makes these copies itself)
        maillog.failed("making copies in a further process", error)
        status = FAILED
    sys.exit(status)


def _tell(copies: int) -> None:
    sys.stdout.write(f"{copies}\n")
    sys.stdout.flush()


def _end_with_the_first_process() -> None:
    os.read(_STDIN, 1)
    os._exit(FAILED)


if __name__ == "__main__":
    main()
