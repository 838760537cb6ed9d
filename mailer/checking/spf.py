"""Finds out whether a domain's SPF record lets an address send for it, by the records of the DNS."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from mailer.checking.records import Records
from mailer.domain.errors import MailerError
from mailer.domain.spf import ASKING, MOST_QUESTIONS, MechanismKind, SpfMechanism, SpfRecord, SpfSign, is_spf, read_spf


class SpfTrial:
    """One question about a domain; `questions` counts what it asks the DNS, which receivers limit."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self.questions = 0

    def record_of(self, domain: str) -> SpfRecord:
        """The only SPF record of a domain. Raises MailerError when there is none, or several, or a wrong one."""
        texts = [text for text in self._records.texts(domain) if is_spf(text)]
        if len(texts) != 1:
            raise MailerError(
                f"{domain} has {'no' if not texts else len(texts)} SPF record{'s' if len(texts) > 1 else ''}"
            )
        try:
            return read_spf(texts[0])
        except ValueError as error:
            raise MailerError(f"the SPF record of {domain} has a wrong term: {error}") from error

    def judge(self, domain: str, address: str) -> SpfSign:
        """What the domain says of the address. Raises MailerError where a receiver finds an error."""
        record = self.record_of(domain)
        for mechanism in record.mechanisms:
            if mechanism.kind in ASKING:
                self._count(domain)
            if self._matches(mechanism, domain, address):
                return mechanism.sign
        if record.redirect:
            self._count(domain)
            return self.judge(record.redirect, address)
        return SpfSign.NEUTRAL

    def _count(self, domain: str) -> None:
        self.questions += 1
        if self.questions > MOST_QUESTIONS:
            raise MailerError(f"the SPF record of {domain} asks the DNS more than {MOST_QUESTIONS} times")

    def _matches(self, mechanism: SpfMechanism, domain: str, address: str) -> bool:
        target = mechanism.value or domain
        match mechanism.kind:
            case MechanismKind.ALL:
                return True
            case MechanismKind.IP4 | MechanismKind.IP6:
                return _is_in(address, [target])
            case MechanismKind.A:
                return _is_in(address, _networks(self._records.addresses(target), mechanism))
            case MechanismKind.MX:
                hosts = [host for host in self._records.exchanges(target)[:MOST_QUESTIONS] if host != "."]
                return any(_is_in(address, _networks(self._records.addresses(host), mechanism)) for host in hosts)
            case MechanismKind.INCLUDE:
                return self.judge(target, address) is SpfSign.PASSES
            case MechanismKind.EXISTS:
                return "%" not in target and bool(self._records.addresses(target))
            case MechanismKind.PTR:  # receivers are told not to use it (§5.5)
                return False


def _networks(addresses: Iterable[str], mechanism: SpfMechanism) -> list[str]:
    return [f"{each}/{mechanism.prefix6 if ':' in each else mechanism.prefix4}" for each in addresses]


def _is_in(address: str, networks: Iterable[str]) -> bool:
    sender = ip_address(address)
    try:
        return any(sender in ip_network(network, strict=False) for network in networks)
    except ValueError as error:
        raise MailerError(f"an SPF record has a wrong network: {error}") from error
