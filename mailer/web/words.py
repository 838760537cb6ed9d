"""How states, reasons and roles are called on the pages."""

from collections.abc import Mapping
from enum import StrEnum

from mailer.domain.access import Role
from mailer.domain.delivery import State
from mailer.domain.mailing import MailingState
from mailer.web.texts import N_

WORDS: Mapping[StrEnum, str] = {
    Role.EDITOR: N_("editor"),
    Role.SECRETARY: N_("secretary"),
    Role.ADMIN: N_("admin"),
    MailingState.PLANNED: N_("planned"),
    MailingState.APPROVED: N_("approved"),
    MailingState.SENDING: N_("sending"),
    MailingState.PAUSED: N_("paused"),
    MailingState.HELD: N_("held"),
    MailingState.CLOSED: N_("closed"),
    MailingState.CANCELLED: N_("cancelled"),
    State.PENDING: N_("pending"),
    State.ACCEPTED: N_("accepted"),
    State.REJECTED: N_("rejected"),
    State.UNCERTAIN: N_("uncertain"),
    State.BOUNCED: N_("bounced"),
}


def word_of(value: StrEnum) -> str:
    """The English word for it, which is translated where it is shown; the value itself where the table has none."""
    return WORDS.get(value, str(value).replace("_", " "))
