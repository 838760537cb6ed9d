"""Tells whether a plan is out of date: whether what it was made from has changed."""

from mailer.domain.errors import Refused
from mailer.domain.mailing import Mailing
from mailer.domain.remedy import Action
from mailer.pipeline.context import Context
from mailer.pipeline.issues.compile import inputs_hash
from mailer.store import Connection, issues


def drift_of(connection: Connection, context: Context, mailing: Mailing) -> str | None:
    """What has changed since the mailing was planned, the issue or what it is compiled with; None: nothing."""
    newest = issues.latest_revision(connection, mailing.newsletter, mailing.serial)
    if newest is not None and newest.content_hash != mailing.content_hash:
        return "the issue was edited since it was planned"
    if inputs_hash(context, context.newsletter(mailing.newsletter)) != mailing.inputs_hash:
        return "a template, the fees or the newsletter's settings changed since it was planned"
    return None


def refuse_drifted(connection: Connection, context: Context, mailing: Mailing) -> None:
    """Refused when the plan is out of date."""
    drift = drift_of(connection, context, mailing)
    if drift:
        raise Refused(f"{mailing.issue}: {drift}", Action.PLAN.of(mailing.issue))
