"""Finds out whether a domain's SPF record lets an address send for it, by the records of the DNS."""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from mailer.checking.records import Records
from mailer.domain.errors import MailerError
from mailer.domain.spf import (
    ASKING,
    MOST_EXCHANGES,
    MOST_QUESTIONS,
    MOST_VOID,
    MechanismKind,
    SpfMechanism,
    SpfRecord,
    SpfSign,
    is_spf,
    read_spf,
)


class SpfTrial:
    """One question about a domain; `questions` counts what it asks the DNS, which receivers limit.

    `has_macros`: names that are made of the sender's data were passed over.
    """

    def __init__(self, records: Records) -> None:
        self._records = records
        self.questions = 0
        self.has_macros = False
        self._void: list[str] = []

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
        if self._leads_on(record.redirect, domain):
            return self.judge(record.redirect, address)
        return SpfSign.NEUTRAL

    def of_all_others(self, domain: str) -> SpfSign | None:
        """What the domain says of addresses that no mechanism names; None where it says nothing."""
        record = self.record_of(domain)
        if record.of_all_others is None and self._leads_on(record.redirect, domain):
            return self.of_all_others(record.redirect)
        return record.of_all_others

    def _leads_on(self, redirect: str, domain: str) -> bool:
        """Whether another record goes on, which is a question, too."""
        if not redirect or self._is_macro(redirect):
            return False
        self._count(domain)
        return True

    def _count(self, domain: str) -> None:
        self.questions += 1
        if self.questions > MOST_QUESTIONS:
            raise MailerError(f"the SPF record of {domain} asks the DNS more than {MOST_QUESTIONS} times")

    def _there(self, answers: tuple[str, ...], name: str) -> tuple[str, ...]:
        """The answers; receivers put up with few questions about names that are not there (§4.6.4)."""
        if not answers:
            self._void.append(name)
            if len(self._void) > MOST_VOID:
                raise MailerError(f"an SPF record asks for names that are not there: {', '.join(self._void)}")
        return answers

    def _is_macro(self, name: str) -> bool:
        """Whether the name is made of the sender's data (§7), which is not done here."""
        self.has_macros |= "%" in name
        return "%" in name

    def _matches(self, mechanism: SpfMechanism, domain: str, address: str) -> bool:
        target = mechanism.value or domain
        if self._is_macro(target):
            return False
        match mechanism.kind:
            case MechanismKind.ALL:
                return True
            case MechanismKind.IP4 | MechanismKind.IP6:
                return _is_in(address, [target])
            case MechanismKind.A:
                return _is_in(address, _networks(self._addresses(target), mechanism))
            case MechanismKind.MX:
                return any(
                    _is_in(address, _networks(self._records.addresses(host), mechanism))
                    for host in self._exchanges(target)
                )
            case MechanismKind.INCLUDE:
                return self.judge(target, address) is SpfSign.PASSES
            case MechanismKind.EXISTS:
                return bool(self._addresses(target))
            case MechanismKind.PTR:  # receivers are told not to use it (§5.5)
                return False

    def _addresses(self, name: str) -> tuple[str, ...]:
        return self._there(self._records.addresses(name), name)

    def _exchanges(self, domain: str) -> list[str]:
        hosts = self._there(self._records.exchanges(domain), domain)
        if len(hosts) > MOST_EXCHANGES:
            raise MailerError(f"{domain} has more than {MOST_EXCHANGES} mail exchanges, too many for SPF")
        return [host for host in hosts if host != "."]


def _networks(addresses: Iterable[str], mechanism: SpfMechanism) -> list[str]:
    return [f"{each}/{mechanism.prefix6 if ':' in each else mechanism.prefix4}" for each in addresses]


def _is_in(address: str, networks: Iterable[str]) -> bool:
    return any(ip_address(address) in ip_network(network, strict=False) for network in networks)
