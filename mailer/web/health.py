"""Says to a monitor whether the process answers, and to `mailer check` of this installation that it is its own."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from mailer.app.installation import App
from mailer.app.scheduler import daemon_runs
from mailer.formats.recognition import ANSWERS, ASKS, answer
from mailer.store import DatabaseError
from mailer.web.responder import responder_of
from mailer.web.routes import AnyRoute, Public


async def healthz(request: Request) -> Response:
    """The process answers."""
    return alive(request, responder_of(request).installation())


def alive(request: Request, app: App) -> Response:
    """The process answers; who proves to be of this installation gets a proof that this is its service."""
    proof = answer(app.context.keys, app.config.folder, request.headers.get(ASKS, ""))
    return PlainTextResponse("ok\n", headers={ANSWERS: proof} if proof else None)


async def readyz(request: Request) -> Response:
    """200 when the database answers, has this version's schema, and a living daemon holds the lease; else 503."""
    states = await run_in_threadpool(_states, responder_of(request).installation())
    return JSONResponse(states, 200 if all(states.values()) else 503)


def _states(app: App) -> dict[str, bool]:
    states = dict.fromkeys(("database", "schema", "scheduler"), False)
    try:
        states["schema"] = app.store.is_current()
        states["database"] = True
        states["scheduler"] = daemon_runs(app)
    except DatabaseError:
        pass  # what could not be asked stays false
    return states


ROUTES: tuple[AnyRoute, ...] = (
    Public("/healthz", healthz, limited=False),
    Public("/readyz", readyz, limited=False),
)
