"""Checks the letters to secretary, operator and editors: whether they can be written, and whether they are sent."""

from collections.abc import Iterator

from mailer.app.installation import App
from mailer.checking.result import note_of, result_of
from mailer.domain.check_result import CheckResult
from mailer.domain.errors import MailerError
from mailer.pipeline.letters.specimens import load_specimens, odd_looks, write_specimens
from mailer.store import letters

# Folders of letters that earlier versions read, and `mailer init` copied.
OLD_FOLDERS = ("digest", "reminder")
# A letter that failed more often will not be sent until the cause is removed.
MAX_TRIES = 3


def check_templates(app: App) -> Iterator[CheckResult]:
    """Write a specimen of every letter in the language of the installation."""
    context = app.context
    yield result_of(
        "letters: templates", lambda: f"{len(list(write_specimens(context, context.language)))} letters can be written"
    )


def check_looks(app: App) -> Iterator[CheckResult]:
    """Name the newsletters whose layout fits no letter, so that their letters have this version's own look."""
    try:
        odd = list(odd_looks(app.context))
    except MailerError:  # the check before says so
        return
    for newsletter, error in odd:
        finding = f"{error}; letters for {newsletter} have the look that comes with this version"
        yield CheckResult(subject=f"letters: look of {newsletter}", ok=True, finding=finding)


def check_missing_templates(app: App) -> Iterator[CheckResult]:
    """Name the kinds of letters that the installation has no templates of, and so are written by this version's own."""
    system = app.context.templates / "system"
    kinds = sorted({specimen.kind for specimen in load_specimens()})
    missing = [kind for kind in kinds if not (system / kind).is_dir()]
    if missing and system.is_dir():
        finding = f"{system} has no {', '.join(missing)}: those that come with this version are used"
        yield CheckResult(subject="letters: own templates", ok=True, finding=finding)


def check_old_templates(app: App) -> Iterator[CheckResult]:
    """Name the folders of letters that are not read any more, where the installation still has them."""
    system = app.context.templates / "system"
    old = [str(system / name) for name in OLD_FOLDERS if (system / name).is_dir()]
    if old:
        finding = f"not read any more, remove: {', '.join(old)}; the letters are in distribution-report, daily-letter"
        yield CheckResult(subject="letters: old templates", ok=True, finding=finding)


def check_addressees(app: App) -> Iterator[CheckResult]:
    """Check that secretary and operator have an address, so that digests and alarms reach them."""
    notify = app.config.notify
    missing = [
        name for name, address in (("secretary", notify.secretary), ("operator", notify.operator)) if not address
    ]
    if missing:
        finding = f"[notify] has no {' and no '.join(missing)}: the log alone has what they should know"
        yield note_of("letters: to whom", finding)
    else:
        yield CheckResult(subject="letters: to whom", ok=True, finding=f"{notify.secretary}, {notify.operator}")


def check_outbox(app: App) -> Iterator[CheckResult]:
    """Check that no waiting letter has failed more than MAX_TRIES times."""
    with app.store.reading() as connection:
        outbox = letters.outbox(connection)
    failure = f", the last failure: {outbox.failure}" if outbox.failure else ""
    yield CheckResult(
        subject="letters", ok=outbox.tries <= MAX_TRIES, finding=f"{outbox.waiting or 'none'} wait{failure}"
    )
