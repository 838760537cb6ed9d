"""Holds that a mailing is approved by one person and sent by another, where its newsletter asks for that."""

from mailer.domain.errors import Refused
from mailer.domain.four_eyes import is_one_person
from mailer.domain.mailing import Mailing
from mailer.pipeline.context import Context
from mailer.store import Connection, users


def refuse_one_person(connection: Connection, context: Context, mailing: Mailing) -> None:
    """Refused when who sends has approved the mailing too. The schedule, by which the daemon sends, is no person."""
    if not context.newsletter(mailing.newsletter).four_eyes or mailing.approved_by is None:
        return
    if is_one_person(mailing.approved_by, context.who, users.logins(connection)):
        raise Refused(
            f"{mailing.issue} was approved by {mailing.approved_by}, and another person must send it: this newsletter asks "
            "for two"
        )
