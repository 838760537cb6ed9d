"""What is listed of the reports that came."""

from mailer.app.installation import App
from mailer.domain.matter import Matter
from mailer.domain.report import Report
from mailer.pipeline.bounces import ingest


def matters(app: App) -> list[tuple[str, Matter | None]]:
    return [(one.person, one.matter) for one in ingest.listing(app.context, every=False)]


def everything(app: App) -> list[Report]:
    return ingest.listing(app.context, every=True)
