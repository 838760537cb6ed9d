"""The pages of the console, a module for each group."""

from mailer.web.console import (
    circulation,
    copies,
    overview,
    progress,
    reports,
    second_step,
    sending,
    sign_in,
    to_do,
)
from mailer.web.routes import AnyRoute

ROUTES: tuple[AnyRoute, ...] = (
    *sign_in.ROUTES,
    *second_step.ROUTES,
    *overview.ROUTES,
    *to_do.ROUTES,
    *circulation.ROUTES,
    *sending.ROUTES,
    *progress.ROUTES,
    *copies.ROUTES,
    *reports.ROUTES,
)
