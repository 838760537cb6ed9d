"""What can go wrong, as a kind for the program and a sentence for the person."""


class MailerError(Exception):
    """A failure whose message says what happened, to which thing, and what to do next. Exit status 1."""


class Refused(MailerError):
    """The rules do not allow it: not approved, already sent, asked of the wrong issue."""


class NotFound(MailerError):
    """The thing named does not exist here."""


class BadInput(MailerError):
    """A file, a row or a setting is not what it must be; nothing of it was applied."""


class TransportDown(MailerError):
    """Our relay cannot be used at all (connect, TLS, login). It pauses the loop and uses up nobody's attempts."""


class LoginRefused(TransportDown):
    """The relay does not take our name and password: asking again at once could only lock us out."""


class CannotRender(MailerError):
    """A copy cannot be made for the person named; nothing may be sent until that is mended."""
