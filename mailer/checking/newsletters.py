"""Checks of each newsletter when it is sent, whether its templates compile, and whether its source can be read."""

from collections.abc import Iterator
from functools import partial

from mailer.app import installation
from mailer.app.installation import App
from mailer.checking.result import CheckResult, result_of
from mailer.domain.cron import cron_note
from mailer.domain.errors import BadInput
from mailer.domain.newsletter import Newsletter
from mailer.domain.way_out import WayOut
from mailer.formats.cron import next_time
from mailer.pipeline.issues.specimen import (
    compile_specimen,
    inserts_with_a_fixed_table,
    languages_without_way_out,
    specimen_style_notes,
    templates_of_one_wording,
)
from mailer.views.local_time import zoned_time
from mailer.views.plain_words import counted


def check_newsletters(app: App) -> Iterator[CheckResult]:
    """Check the schedule, the templates and the source of every newsletter."""
    for newsletter in app.context.newsletters.values():
        yield result_of(f"{newsletter.id}: cron", partial(_next_time, app, newsletter))
        yield result_of(f"{newsletter.id}: templates", partial(_templates, app, newsletter))
        yield result_of(f"{newsletter.id}: source", partial(_source, app, newsletter))


def _next_time(app: App, newsletter: Newsletter) -> str:
    schedule = newsletter.schedule
    note = cron_note(schedule.cron)
    at = zoned_time(next_time(schedule, app.context.clock.now()), schedule.timezone)
    return f"next {at}{f'; {note}' if note else ''}"


def _templates(app: App, newsletter: Newsletter) -> str:
    editions = compile_specimen(app.context, newsletter)
    number = len(editions)
    if lost := specimen_style_notes(app.context, newsletter):
        raise BadInput(f"{number} editions compile, but readers would not see all styles: {'; '.join(lost)}")
    if silent := languages_without_way_out(editions):
        files = " and ".join(f"bulletin.{language}.md" for language in silent)
        finding = (
            f"{number} editions compile, but copies have no link by which their readers pause: write a link to "
            f"{{{{ preferences }}}} into {files}, as the templates that come with this version have it"
        )
        if app.context.way_out is WayOut.PAGE:
            raise BadInput(finding)  # the page is served for nothing
        return finding
    doubts = _doubts_about_words(app, newsletter)
    return f"{number} editions compile, but {'; '.join(doubts)}" if doubts else f"{number} editions compile"


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
