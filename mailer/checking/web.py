"""Checks the console and the metrics: where they listen, its certificate, its address in browsers, its users, and the proxies it believes."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from mailer.app import scheduler
from mailer.app.installation import App
from mailer.checking.listener import is_free
from mailer.checking.recognition import AtPort, who_answers
from mailer.checking.result import note_of, result_of
from mailer.config.hosts import listen_at
from mailer.domain.address import is_loopback
from mailer.domain.check_result import CheckResult
from mailer.domain.errors import MailerError
from mailer.gateways.tls import server_context
from mailer.pipeline.users import list_accounts
from mailer.views.plain_words import counted

SUBJECT = "console"
ANOTHER_CONSOLE = (
    "the console of another installation answers there; end that one's service, or choose another port in [web] listen; restart "
    "this one's, if its key file, folder or version has changed since it was started"
)
_SOON = timedelta(days=14)


def check_console(app: App) -> Iterator[CheckResult]:
    """Check all that the console needs; one result where there is none."""
    if not app.config.web.listen:
        yield CheckResult(subject=SUBJECT, ok=True, finding="[web] listen is empty: there is none")
        return
    yield result_of(
        f"{SUBJECT}: listen", partial(_listen, app), fix="free the port, or choose another one in [web] listen"
    )
    if app.config.web.cert_file:
        fix = "let [web] cert_file and key_file name a certificate for public_url that has not expired, and its key"
        yield result_of(f"{SUBJECT}: certificate", partial(_certificate, app), fix=fix)
    yield result_of(
        f"{SUBJECT}: address", partial(_address, app), fix="correct [web] public_url, or its entry in the DNS"
    )
    if app.config.web.behind_proxy:
        yield result_of(
            f"{SUBJECT}: proxies", partial(_proxies, app), fix="name the proxy alone in [web] trusted_proxies"
        )
    yield result_of(
        f"{SUBJECT}: users",
        partial(_users, app),
        fix="`mailer user add NAME --role admin` makes the first user, who adds the others",
    )


def check_metrics(app: App) -> Iterator[CheckResult]:
    """Say whether a monitor can read the figures, and whether one elsewhere is told that all is well."""
    monitoring = app.config.monitoring
    if monitoring.metrics_listen:
        yield result_of("metrics", partial(_metrics, app, monitoring.metrics_listen))
    if not (monitoring.metrics_listen or monitoring.ping_url or app.config.notify.operator):
        fix = "name an operator in [notify], or a monitor in [monitoring]"
        yield note_of("metrics", "no person and no monitor is told when something goes wrong", fix=fix)


def _metrics(app: App, listen: str) -> str:
    if is_free(*listen_at(listen)):
        if scheduler.daemon_runs_here(app):
            raise MailerError(f"{listen}: the daemon runs, but does not listen there; see its log")
        return f"{listen}; free, the daemon will listen there"
    if who_answers(app, *listen_at(listen)) is not AtPort.OURS:
        raise MailerError(f"{listen}: another program, or the daemon of another installation, listens there")
    return f"{listen}; the daemon listens"


def _listen(app: App) -> str:
    web = app.config.web
    where = f"{web.listen}, {'with' if web.cert_file else 'without'} TLS"
    if is_free(web.host, web.port):
        if scheduler.daemon_runs_here(app):
            raise MailerError(f"{where}: the daemon runs, but does not listen there; see its log")
        return f"{where}; free, the daemon will listen there"
    match who_answers(app, web.host, web.port, tls=bool(web.cert_file)):
        case AtPort.OURS:
            return f"{where}; the console answers"
        case AtPort.ANOTHER_INSTALLATION:
            raise MailerError(f"{where}: {ANOTHER_CONSOLE}")
        case AtPort.ANOTHER_PROGRAM:
            raise MailerError(f"{where}: another program listens there; end it, or choose another port in [web] listen")


def _certificate(app: App) -> str:
    from mailer.formats.certificate import ServerCertificate

    web = app.config.web
    file = app.config.path(web.cert_file)
    server_context(file, app.config.path(web.key_file), setting="[web] ")
    certificate = ServerCertificate.of(file.read_bytes())
    now, until = app.context.clock.now(), certificate.ends_at
    if now < certificate.starts_at:
        raise MailerError(f"[web] cert_file {file} is valid from {certificate.starts_at:%Y-%m-%d} on only")
    if now >= until:
        raise MailerError(f"[web] cert_file {file} has expired on {until:%Y-%m-%d}: renew it")
    host = urlsplit(web.public_url).hostname or ""
    if host and not certificate.is_for(host):
        names = ", ".join(certificate.names) or "no name"
        raise MailerError(f"[web] cert_file {file} is for {names}, not for {host} of public_url: browsers refuse it")
    soon = "; it expires soon: renew it" if until - now < _SOON else ""
    return f"valid until {until:%Y-%m-%d}{soon}"


def _address(app: App) -> str:
    web = app.config.web
    if not web.public_url:
        if web.behind_proxy or not is_loopback(web.host):
            raise MailerError(
                "[web] public_url is empty: name the address that browsers use, such as https://console.club.example; "
                "until then only an IP address leads there, and copies have no one-click unsubscribing"
            )
        return f"{web.address}, on this machine alone; copies have no one-click unsubscribing without public_url"
    if not (web.cert_file or web.behind_proxy) and web.public_url.startswith("https:"):
        raise MailerError(
            f"[web] public_url is {web.public_url}, but nothing speaks TLS: name cert_file and key_file, or set "
            "behind_proxy = true where a proxy does"
        )
    host = urlsplit(web.public_url).hostname or ""
    try:
        socket.getaddrinfo(host, None)
    except OSError:
        raise MailerError(f"[web] public_url: {host} has no address in the DNS") from None
    return web.public_url


def _proxies(app: App) -> str:
    wide = [str(network) for network in app.config.web.proxies if network.num_addresses > 65536]
    if wide:
        raise MailerError(
            f"[web] trusted_proxies has {', '.join(wide)}: whoever is there can pretend to be anybody; name the proxy alone"
        )
    return f"X-Forwarded-For and X-Forwarded-Proto count from {', '.join(app.config.web.trusted_proxies)}"


def _users(app: App) -> str:
    enabled = [account for account in list_accounts(app.context) if account.user.disabled_at is None]
    if not enabled:
        raise MailerError("no one can sign in yet")
    without = [account.user.name for account in enabled if not account.ways.are_asked]
    words = counted(len(enabled), "user", "users")
    if without and app.config.web.require_second:
        return f"{words}; {', '.join(without)} must set up a second way at the next visit"
    return f"{words}, {len(without)} of them by a password alone" if without else f"{words}, each with a second way"
