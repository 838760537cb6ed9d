"""Checks the DKIM keys, and whether DMARC counts their signatures for the newsletters' senders."""

from collections.abc import Iterator

from mailer.app.installation import App
from mailer.domain.check_result import CheckResult
from mailer.domain.errors import MailerError
from mailer.formats.message.dkim import record_name
from mailer.formats.message.dkim_key import public_record
from mailer.views.remedies import sentence


def check_signing(app: App) -> Iterator[CheckResult]:
    """Name the TXT record that the DNS must publish for each key, and every sender that it does not sign for."""
    try:
        signer = app.context.signer
    except MailerError as error:
        yield CheckResult(subject="DKIM", ok=False, finding=sentence(error))
        return
    if signer is None:
        return
    for key in signer.keys:
        record = f"publish TXT {record_name(signer.domain, key.selector)}: {public_record(key)}"
        yield CheckResult(subject=f"DKIM {key.selector}", ok=True, finding=record)
    yield from _alignment(app, signer.domain)


def _alignment(app: App, signing_domain: str) -> Iterator[CheckResult]:
    """Name every newsletter whose sender is not in the domain that signs (RFC 7489 §3.1.1)."""
    for newsletter in app.context.newsletters.values():
        sender = newsletter.sender.address
        if not f".{sender.domain}".endswith(f".{signing_domain}"):
            fault = f"[dkim] domain {signing_domain} is not that of {sender}, nor above it: DMARC will not count it"
            yield CheckResult(subject=f"{newsletter.id}: DKIM", ok=False, finding=fault)
