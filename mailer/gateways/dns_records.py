"""Asks the DNS for the records by which receivers judge mail; a name that is not there has none."""

from typing import TYPE_CHECKING

from mailer.domain.errors import MailerError

if TYPE_CHECKING:
    from dns.rdata import Rdata
    from dns.resolver import Resolver

# For one question, all its servers and repetitions together.
SECONDS = 5.0


class DnsRecords:
    """The records as a resolver sees them: that of the system, or the one given."""

    def __init__(self, resolver: "Resolver | None" = None) -> None:
        self._resolver = resolver
        self._answers: dict[tuple[str, str], tuple[Rdata, ...] | str] = {}

    def texts(self, name: str) -> tuple[str, ...]:
        """The TXT records of a name, each as one text."""
        parts = (getattr(record, "strings", ()) for record in self._ask(name, "TXT"))
        return tuple(b"".join(strings).decode("utf-8", "replace") for strings in parts)

    def exchanges(self, name: str) -> tuple[str, ...]:
        """The mail exchanges of a domain, the best first; `.` says that it takes no mail (RFC 7505)."""
        ordered = sorted(
            (getattr(record, "preference", 0), _host(record, "exchange")) for record in self._ask(name, "MX")
        )
        return tuple(host for _, host in ordered)

    def addresses(self, name: str) -> tuple[str, ...]:
        """The addresses of a name, IPv4 first."""
        return tuple(str(record) for kind in ("A", "AAAA") for record in self._ask(name, kind))

    def names(self, address: str) -> tuple[str, ...]:
        """The names of an address (PTR)."""
        from dns.reversename import from_address

        return tuple(_host(record, "target") for record in self._ask(str(from_address(address)), "PTR"))

    def _ask(self, name: str, kind: str) -> "tuple[Rdata, ...]":
        """The answer, for which each question is asked once. Raises MailerError when the DNS does not answer."""
        question = (name.lower(), kind)
        if question not in self._answers:
            self._answers[question] = self._answer(name, kind)
        answer = self._answers[question]
        if isinstance(answer, str):
            raise MailerError(answer)
        return answer

    def _answer(self, name: str, kind: str) -> "tuple[Rdata, ...] | str":
        """The records, or why there is no answer."""
        from dns.exception import DNSException
        from dns.resolver import NXDOMAIN, NoAnswer, get_default_resolver

        try:
            resolver = self._resolver or get_default_resolver()
            return tuple(resolver.resolve(name, kind, lifetime=SECONDS, search=False))
        except (NXDOMAIN, NoAnswer):
            return ()
        except (DNSException, UnicodeError, ValueError, OSError) as error:
            return f"the DNS does not answer about {kind} {name}: {type(error).__name__}"


def _host(record: "Rdata", field: str) -> str:
    return str(getattr(record, field, "")).lower().rstrip(".") or "."
