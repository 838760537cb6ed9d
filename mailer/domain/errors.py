"""What can go wrong, as a kind for the program, a sentence for the person, and what the person can do about it."""

from typing import Self

from mailer.domain.bounce import Phase
from mailer.domain.delivery import Reply
from mailer.domain.remedy import Remedy


class MailerError(Exception):
    """A failure whose message says what happened, and to which thing; its remedies say what to do. Exit status 1."""

    def __init__(self, message: str = "", *remedies: Remedy) -> None:
        """`remedies` stand in the order in which they are to be tried."""
        super().__init__(message)
        self.remedies = remedies


class Refused(MailerError):
    """The rules do not allow it: not approved, already sent, asked of the wrong issue."""


class NotFound(MailerError):
    """The thing named does not exist here."""


class BadInput(MailerError):
    """A file, a row or a setting is not what it must be; nothing of it was applied."""


class NotMoved(MailerError):
    """A mail that was taken in, or cannot be read, stays in its inbox; the others there can still be read."""


class TooLong(BadInput):
    """An edition has more HTML than mail programs show in one piece."""


class TransportDown(MailerError):
    """The relay cannot be used at all (connect, TLS, login). Sending waits; no copy uses up an attempt."""

    def __init__(
        self, message: str = "", *remedies: Remedy, reply: Reply | None = None, phase: Phase = Phase.UNKNOWN
    ) -> None:
        """`reply` is the reply of the relay that caused it, where there is one, and `phase` what it replied to."""
        super().__init__(message, *remedies)
        self.reply = reply
        self.phase = phase

    def again(self) -> Self:
        """The same failure, for another connection that it ends."""
        return type(self)(str(self), *self.remedies, reply=self.reply, phase=self.phase)


class LoginRefused(TransportDown):
    """The relay refuses the login: another try at once could only lock the account."""


class OtherSchema(MailerError):
    """The database is as a version of this program left it that is not the one at work."""


class BrokenOff(MailerError):
    """A stop has ended it before it was done; nothing of it remains, and it is done later."""


class TryLater(MailerError):
    """Nothing can be written now; the one who sent it tries again. The log has said why."""


class CannotRender(MailerError):
    """A copy cannot be made for the person named; nothing may be sent until that is fixed."""

    def __init__(self, message: str, *remedies: Remedy, unnamed: str = "") -> None:
        """`unnamed` is the message for the log, which has ids without names."""
        super().__init__(message, *remedies)
        self.unnamed = unnamed or message
