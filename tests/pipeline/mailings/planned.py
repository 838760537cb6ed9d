"""A planned mailing of three people, and changes of what it was planned from."""

import shutil
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select

from mailer.app.installation import App
from mailer.pipeline.context import Context
from mailer.pipeline.mailings.plan import plan_mailing
from mailer.store.schema import history
from tests.club import (
    ISSUE,
    LETTER,
    import_register,
    members,
    pull_issues,
)
from tests.pipeline.relayed import the_mailings

PEOPLE = members(3)


def planned(app: App) -> None:
    import_register(app, PEOPLE)
    pull_issues(app)
    plan_mailing(app.context, ISSUE)


def state(app: App) -> str:
    return the_mailings(app)[0].state.value


def history_of(app: App, *verbs: str) -> list[tuple[str, str, str]]:
    with app.store.transaction() as connection:
        rows = connection.execute(select(history).where(history.c.verb.in_(verbs)).order_by(history.c.id)).all()
    return [(row.who, row.verb, row.detail) for row in rows]


def with_newsletter(context: Context, **fields: object) -> Context:
    newsletter = context.newsletter(LETTER)
    if "undo_minutes" in fields:
        fields["schedule"] = replace(newsletter.schedule, undo_minutes=fields.pop("undo_minutes"))
    return replace(context, newsletters={LETTER: replace(newsletter, **fields)})


def with_schedule(context: Context, **fields: object) -> Context:
    return with_newsletter(context, schedule=replace(context.newsletter(LETTER).schedule, **fields))


def other_template(context: Context, tmp_path: Path) -> Context:
    folder = tmp_path / "changed"
    shutil.copytree(context.templates, folder)
    with next((folder / "_base").glob("*.css")).open("a") as opened:
        opened.write("\n/* changed */\n")
    return replace(context, templates=folder)
