"""Records are read from a name server that the test runs; a name that is not there has none."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Thread

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
import pytest

from mailer.domain.errors import MailerError
from mailer.gateways import dns_records
from mailer.gateways.dns_records import DnsRecords

ZONE = {
    ("club.example.", "TXT"): ['"v=spf1 " "-all"', '"other"'],
    ("club.example.", "MX"): ["20 Spare.club.example.", "10 mx.club.example."],
    ("silent.example.", "MX"): ["0 ."],
    ("mx.club.example.", "A"): ["192.0.2.7"],
    ("mx.club.example.", "AAAA"): ["2001:db8::7"],
    ("7.2.0.192.in-addr.arpa.", "PTR"): ["mx.club.example."],
}
BROKEN, CIRCLE, LATE = "broken.example.", "circle.example.", "late.example."
asked: list[str] = []


def answer(query: dns.message.Message) -> dns.message.Message:
    [question] = query.question
    name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
    response = dns.message.make_response(query)
    response.flags |= dns.flags.RA
    if name == BROKEN:
        response.set_rcode(dns.rcode.SERVFAIL)
    elif name == CIRCLE:
        for alias, target in ((CIRCLE, "round.example."), ("round.example.", CIRCLE)):
            response.answer.append(dns.rrset.from_text(alias, 60, "IN", "CNAME", target))
    elif texts := ZONE.get((name, kind)):
        response.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *texts))
    elif not any(known == name for known, _ in ZONE):
        response.set_rcode(dns.rcode.NXDOMAIN)
    return response


@pytest.fixture(scope="module")
def records() -> Iterator[DnsRecords]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            while (packet := server.recvfrom(4096))[0] != b"over":
                query = dns.message.from_wire(packet[0])
                asked.append(query.question[0].name.to_text())
                if asked[-1] != LATE:
                    server.sendto(answer(query).to_wire(), packet[1])

        thread = Thread(target=serve)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.getsockname()[1]
        yield DnsRecords(resolver)
        server.sendto(b"over", server.getsockname())
        thread.join()


def test_the_parts_of_a_text_are_one(records: DnsRecords) -> None:
    assert set(records.texts("club.example")) == {"v=spf1 -all", "other"}


def test_exchanges_come_with_the_best_first(records: DnsRecords) -> None:
    assert records.exchanges("club.example") == ("mx.club.example", "spare.club.example")
    assert records.exchanges("silent.example") == (".",)


def test_a_host_has_addresses_and_an_address_names(records: DnsRecords) -> None:
    assert records.addresses("mx.club.example") == ("192.0.2.7", "2001:db8::7")
    assert records.names("192.0.2.7") == ("mx.club.example",)
    assert records.names("2001:db8::7") == ()


def test_a_name_that_is_not_there_has_nothing(records: DnsRecords) -> None:
    assert records.texts("absent.example") == records.addresses("club.example") == ()


def test_a_question_is_asked_once_whatever_the_answer(records: DnsRecords, monkeypatch) -> None:
    monkeypatch.setattr(dns_records, "SECONDS", 0.2)
    records.texts("club.example")
    before = len(asked)
    for _ in range(3):
        records.texts("Club.example")
        with pytest.raises(MailerError, match=r"about MX late\.example: LifetimeTimeout"):
            records.exchanges("late.example")
    assert set(asked[before:]) == {LATE}
    assert len(asked) - before <= 2  # a server that is silent is asked again, once


def test_names_that_lead_in_a_circle_are_no_answer(records: DnsRecords) -> None:
    with suppress(MailerError):
        assert records.addresses("circle.example") == ()


def test_a_server_that_fails_is_no_answer(records: DnsRecords) -> None:
    with pytest.raises(MailerError, match=r"the DNS does not answer about TXT broken\.example"):
        records.texts("broken.example")


def test_a_name_that_is_none_is_no_answer(records: DnsRecords) -> None:
    with pytest.raises(MailerError, match="the DNS does not answer about TXT"):
        records.texts("a" * 64 + ".example")
