"""The members' pages: one click, preferences, and the copy to read in a browser."""

from mailer.web.members.copies import ROUTES as COPIES
from mailer.web.members.letters import ROUTES as LETTERS
from mailer.web.members.reading import ROUTES as READING
from mailer.web.routes import AnyRoute

ROUTES: tuple[AnyRoute, ...] = (*COPIES, *LETTERS, *READING)
