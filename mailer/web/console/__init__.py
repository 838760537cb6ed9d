"""The pages of the console, a module for each group."""

from mailer.web.console import (
    account,
    approvals,
    circulation,
    copies,
    issue,
    issues,
    overview,
    previews,
    progress,
    reports,
    second_step,
    sending,
    sign_in,
    to_do,
    uploads,
    users,
)
from mailer.web.routes import AnyRoute

ROUTES: tuple[AnyRoute, ...] = (
    *sign_in.ROUTES,
    *second_step.ROUTES,
    *overview.ROUTES,
    *to_do.ROUTES,
    *issues.ROUTES,
    *uploads.ROUTES,
    *issue.ROUTES,
    *previews.ROUTES,
    *approvals.ROUTES,
    *circulation.ROUTES,
    *sending.ROUTES,
    *progress.ROUTES,
    *copies.ROUTES,
    *reports.ROUTES,
    *account.ROUTES,
    *users.ROUTES,
)
