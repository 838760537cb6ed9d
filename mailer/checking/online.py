"""Asks the DNS what receivers ask it: who may send for our domains, who signs, and where bounces and answers go."""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from ipaddress import ip_address, ip_network

from mailer.app.installation import App
from mailer.app.relays import relay_settings
from mailer.checking.proof import check_dkim, check_dmarc, check_spf
from mailer.checking.records import Records
from mailer.checking.result import WAITS, Check, Look, note_of, result_of
from mailer.domain.address import is_loopback
from mailer.domain.check_result import CheckGroup, CheckResult
from mailer.domain.ehlo_name import choose_ehlo_name
from mailer.domain.errors import MailerError
from mailer.formats.organisation import is_public_suffix
from mailer.gateways.machine_names import machine_names
from mailer.gateways.smtp.settings import SmtpSettings

# Addresses by which no receiver sees a relay (RFC 1918, 3927, 4193, 4291, 6598).
_INTERNAL = [
    ip_network(network)
    for network in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
]


def dns_checks(records: Records) -> tuple[Check, ...]:
    """What is asked of the DNS, each question beside the others."""
    return (
        _check("senders' domains", check_domains, "send from a domain of your own"),
        _check("SPF", partial(check_spf_records, records), "publish the record with a TXT entry of the domain"),
        _check("DKIM in the DNS", partial(check_dkim, records), "publish the public half of the key"),
        _check(
            "DMARC", partial(check_policies, records), "publish a policy with a TXT entry of `_dmarc.` and the domain"
        ),
        _check("MX", partial(check_exchanges, records), "publish an MX entry of the domain"),
        _check("PTR", partial(check_names, records), "ask who runs the relay for a PTR entry of its address"),
    )


def _check(subject: str, look: Look, fix: str) -> Check:
    return Check(group=CheckGroup.DNS, subject=subject, look=look, fix=fix, waits=WAITS)


def check_domains(app: App) -> Iterator[CheckResult]:
    """Name every domain of ours under which anybody may have a domain."""
    for domain in sorted({*_senders(app), app.context.return_path_domain} - {""}):
        if is_public_suffix(domain):
            finding = f"{domain} is a public suffix, under which anybody may have a domain: no receiver trusts it"
            yield CheckResult(subject=f"domain {domain}", ok=False, finding=finding)


def check_spf_records(records: Records, app: App) -> Iterator[CheckResult]:
    """Check the record of each envelope's domain, and whether it lets the relays send."""
    addresses: list[str] = []
    with suppress(MailerError):  # the check of their names says so
        addresses += [address for _, address in relay_addresses(records, app)]
    for domain in [app.context.return_path_domain] if app.context.return_path_domain else _senders(app):
        yield check_spf(records, domain, addresses)


def check_policies(records: Records, app: App) -> Iterator[CheckResult]:
    """Check the policy for each sender's domain."""
    for domain in _senders(app):
        yield check_dmarc(records, app, domain)


def check_names(records: Records, app: App) -> Iterator[CheckResult]:
    """Check the names of the relays' addresses."""
    for name, address in relay_addresses(records, app):
        yield _name(records, name, address)


def _senders(app: App) -> list[str]:
    return sorted({newsletter.sender.address.domain for newsletter in app.context.newsletters.values()})


def relay_addresses(records: Records, app: App) -> list[tuple[str, str]]:
    """The public addresses from which the relays are likely to send, each with the relay's name.

    A relay on this machine sends from the address of the name by which we greet it, if that is this machine's.
    """
    names = sorted({_sends_by(relay.smtp) for relay in relay_settings(app)} - {""})
    every = ((name, address) for name in names for address in _literal(name) or records.addresses(name))
    return [(name, address) for name, address in every if not _is_internal(address)]


def _sends_by(relay: SmtpSettings) -> str:
    """The name or address by which a relay is likely to send; empty where it is not known."""
    if not is_loopback(relay.host):
        return relay.host
    return choose_ehlo_name(relay.ehlo_name, () if relay.ehlo_name else machine_names(), "").name


def _literal(name: str) -> tuple[str, ...]:
    """The address, where the name is one, perhaps in brackets (RFC 5321 §4.1.3)."""
    try:
        return (str(ip_address(name.strip("[]").removeprefix("IPv6:"))),)
    except ValueError:
        return ()


def _is_internal(address: str) -> bool:
    return any(ip_address(address) in network for network in _INTERNAL)


def check_exchanges(records: Records, app: App) -> Iterator[CheckResult]:
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
