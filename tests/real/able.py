"""Tells whether this machine can run the real mail servers of the tests: exit 0 when a Postfix starts and stops here."""

import sys

from tests import dovecot, postfix


def main() -> int:
    """0 when they can; else 1, with why on stderr."""
    why = postfix.absent() or dovecot.absent()
    if not why:
        try:
            with postfix.installed("") as its:
                its.start()
        except (OSError, RuntimeError) as error:
            why = f"postfix cannot run here: {error}"
    if why:
        sys.stderr.write(f"the stories with real mail servers are left out: {why}\n")
    return 1 if why else 0


if __name__ == "__main__":
    sys.exit(main())
