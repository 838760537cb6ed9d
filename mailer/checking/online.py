"""Asks the DNS what receivers ask it: who may send for our domains, who signs, and where bounces and answers go."""

from collections.abc import Iterator
from functools import partial

from mailer.app.installation import App
from mailer.app.relays import relay_settings
from mailer.checking.proof import check_dkim, check_dmarc, check_spf
from mailer.checking.records import Records
from mailer.checking.result import note_of, result_of
from mailer.domain.address import is_loopback
from mailer.domain.check_result import CheckResult
from mailer.domain.errors import MailerError
from mailer.formats.organisation import is_public_suffix


def check_dns(records: Records, app: App) -> Iterator[CheckResult]:
    """Check SPF, DKIM and DMARC of the senders, where bounces and answers go, and the names of the relays' addresses."""
    senders = sorted({newsletter.sender.address.domain for newsletter in app.context.newsletters.values()})
    return_paths = app.context.return_path_domain
    for domain in sorted({*senders, *([return_paths] if return_paths else [])}):
        if is_public_suffix(domain):
            finding = f"{domain} is a public suffix, under which anybody may have a domain: no receiver trusts it"
            yield CheckResult(
                subject=f"domain {domain}", ok=False, finding=finding, fix="send from a domain of your own"
            )
    addresses = list(_relay_addresses(records, app))
    for domain in [return_paths] if return_paths else senders:
        yield check_spf(records, domain, [address for _, address in addresses])
    yield from check_dkim(records, app)
    for domain in senders:
        yield check_dmarc(records, app, domain)
    yield from _exchanges(records, app)
    for name, address in addresses:
        yield _name(records, name, address)


def _relay_addresses(records: Records, app: App) -> Iterator[tuple[str, str]]:
    """The public addresses from which the relays are likely to send, each with the relay's name.

    A relay on this machine sends from the address of the name by which we greet it.
    """
    try:
        relays = relay_settings(app)
    except MailerError:  # the check of the relay says so
        return
    for name in sorted({relay.smtp.ehlo_name if is_loopback(relay.smtp.host) else relay.smtp.host for relay in relays}):
        if name and not name.startswith("["):
            try:
                yield from ((name, address) for address in records.addresses(name))
            except MailerError:
                continue


def _exchanges(records: Records, app: App) -> Iterator[CheckResult]:
    """Check that mail finds its way to the return paths, and answers to the newsletters' Reply-To."""
    answers = {newsletter.reply_to.domain for newsletter in app.context.newsletters.values()}
    domains = {app.context.return_path_domain, *answers} - {""}
    for domain in sorted(domains):
        fix = f"publish `{domain}. MX 10 mail.{domain}.`, with a host that has an address and takes its mail"
        yield result_of(f"MX {domain}", partial(_exchange, records, domain), fix=fix)


def _exchange(records: Records, domain: str) -> str:
    hosts = records.exchanges(domain)
    if hosts == (".",):
        raise MailerError(f"{domain} says by its MX record that it takes no mail")
    if not hosts and not records.addresses(domain):
        raise MailerError(f"{domain} has no MX record, and no address")
    lost = [host for host in hosts if not records.addresses(host)]
    if lost and len(lost) == len(hosts):
        raise MailerError(f"no mail exchange of {domain} has an address: {', '.join(lost)}")
    without = f"; without an address: {', '.join(lost)}" if lost else ""
    return f"mail goes to {', '.join(hosts) or f'{domain} itself'}{without}"


def _name(records: Records, relay: str, address: str) -> CheckResult:
    """Whether the address has a name, and the name that address: receivers refuse mail from others."""
    subject = f"PTR {address}"
    fix = f"ask who runs {relay} to give {address} a PTR record with a name that leads back to it"
    try:
        names = records.names(address)
        confirmed = [name for name in names if address in records.addresses(name)]
    except MailerError as error:
        return CheckResult(subject=subject, ok=False, finding=str(error), fix=fix)
    if confirmed:
        return CheckResult(subject=subject, ok=True, finding=f"{confirmed[0]}, which leads back to it ({relay})")
    finding = f"its name {names[0]} does not lead back to it ({relay})" if names else f"it has no name ({relay})"
    return note_of(subject, finding, fix=fix)
