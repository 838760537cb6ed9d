"""Checks of each newsletter when it is sent, whether its templates compile and its source can be read; people and fees."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from mailer.app import installation
from mailer.app.installation import App
from mailer.checking.result import note_of, result_of
from mailer.domain.check_result import CheckResult
from mailer.domain.cron import cron_note
from mailer.domain.errors import BadInput, MailerError
from mailer.domain.newsletter import InsertShow, Newsletter
from mailer.domain.way_out import WayOut
from mailer.formats.cron import next_time
from mailer.pipeline.issues.specimen import (
    compile_specimen,
    inserts_with_a_fixed_table,
    languages_without_way_out,
    specimen_style_notes,
    templates_of_one_wording,
)
from mailer.store.register_figures import register_figures
from mailer.views.local_time import zoned_time
from mailer.views.plain_words import counted
from mailer.views.remedies import sentence

# The next times that are shown: enough to see what the cron line means.
DATES = 5
# In these hours clocks are changed, and no one is at work who could stop what goes wrong.
NIGHT = range(4)


def check_times(app: App) -> Iterator[CheckResult]:
    """Name the next times at which each newsletter is sent, and those in the night."""
    for newsletter in app.context.newsletters.values():
        yield _times(app, newsletter)


def check_editions(app: App) -> Iterator[CheckResult]:
    """Compile a specimen with the templates of every newsletter."""
    for newsletter in app.context.newsletters.values():
        yield result_of(f"{newsletter.id}: templates", partial(_templates, app, newsletter))


def check_sources(app: App) -> Iterator[CheckResult]:
    """Read the source of every newsletter."""
    for newsletter in app.context.newsletters.values():
        yield result_of(f"{newsletter.id}: source", partial(_source, app, newsletter))


def check_register(app: App) -> Iterator[CheckResult]:
    """Check that there are people to write to."""
    with app.store.reading() as connection:
        people = register_figures(connection)
    if not people.persons:
        yield note_of("the register", "it is empty: no one would receive an issue")
        return
    without = f", {people.without_address} of them without an address" if people.without_address else ""
    finding = f"{counted(people.persons, 'person', 'people')}{without}"
    yield CheckResult(subject="the register", ok=True, finding=finding)


def check_fees(app: App) -> Iterator[CheckResult]:
    """Check that there are fees of this year, where a newsletter shows any."""
    if all(newsletter.insert_show is InsertShow.NEVER for newsletter in app.context.newsletters.values()):
        return
    year, seasons = app.context.clock.now().year, app.context.fees.seasons
    finding = f"of {', '.join(str(season.year) for season in seasons) or 'no year'}"
    if seasons and max(season.year for season in seasons) >= year:
        yield CheckResult(subject="the fees", ok=True, finding=finding)
    else:
        yield note_of("the fees", f"{finding}: renewal notices offer nothing for {year}")


def _times(app: App, newsletter: Newsletter) -> CheckResult:
    subject, schedule, after = f"{newsletter.id}: cron", newsletter.schedule, app.context.clock.now()
    times: list[datetime] = []
    try:
        while len(times) < DATES:
            times.append(next_time(schedule, times[-1] if times else after))
    except MailerError as error:
        return CheckResult(subject=subject, ok=False, finding=sentence(error))
    local = [at.astimezone(ZoneInfo(schedule.timezone)) for at in times]
    further = ", ".join(f"{at:%a} {at.day} {at:%b %Y %H:%M}" for at in local[1:])
    note = cron_note(schedule.cron)
    finding = f"next {zoned_time(times[0], schedule.timezone)}, then {further}{f'; {note}' if note else ''}"
    if at_night := [at for at in local if at.hour in NIGHT]:
        return note_of(subject, f"{finding}; {at_night[0]:%H:%M} is in the night, when clocks change and no one looks")
    return CheckResult(subject=subject, ok=True, finding=finding)


def _templates(app: App, newsletter: Newsletter) -> str:
    editions = compile_specimen(app.context, newsletter)
    compiled = counted(len(editions), "edition compiles", "editions compile")
    if lost := specimen_style_notes(app.context, newsletter):
        raise BadInput(f"{compiled}, but readers would not see all styles: {'; '.join(lost)}")
    if silent := languages_without_way_out(editions):
        files = " and ".join(f"bulletin.{language}.md" for language in silent)
        finding = (
            f"{compiled}, but copies have no link by which their readers pause: write a link to "
            f"{{{{ preferences }}}} into {files}, as the templates that come with this version have it"
        )
        if app.context.way_out is WayOut.PAGE:
            raise BadInput(finding)  # the page is served for nothing
        return finding
    doubts = _doubts_about_words(app, newsletter)
    return f"{compiled}, but {'; '.join(doubts)}" if doubts else compiled


def _doubts_about_words(app: App, newsletter: Newsletter) -> list[str]:
    """What the words of templates of an earlier version may say wrongly."""
    doubts = []
    if files := " and ".join(inserts_with_a_fixed_table(app.context, newsletter)):
        doubts.append(
            f"{files} may promise fees where none are left to pay: write the table of fees, and the words about it, within "
            "{% if insert.fees %}, as the templates that come with this version have it"
        )
    files = " and ".join(templates_of_one_wording(app.context, newsletter))
    if files and app.context.way_out is not WayOut.PAGE:
        doubts.append(
            f"{files} may speak of a page where the link opens a mail: choose the words by {{{{ way_out }}}}, as the templates "
            "that come with this version do"
        )
    return doubts


def _source(app: App, newsletter: Newsletter) -> str:
    folders = installation.source(app, newsletter).read()
    return f"{counted(len(folders), 'folder', 'folders')} in {newsletter.source.url}"
