"""The members' pages: one click, preferences, and the copy to read in a browser."""

from mailer.web.routes import AnyRoute

ROUTES: tuple[AnyRoute, ...] = ()
