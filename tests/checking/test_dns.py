"""`mailer check --online` asks the DNS as receivers do; here the answers are made up."""

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from mailer.checking.checks import check
from mailer.checking.online import dns_checks
from mailer.domain.check_result import CheckGroup, CheckResult, CheckState
from mailer.domain.errors import MailerError
from tests.club import Club

OK, NOTE, WRONG = CheckState.OK, CheckState.NOTE, CheckState.WRONG
RELAY = "203.0.113.9"


@dataclass(frozen=True)
class MadeUpRecords:
    """A DNS of a few names; those in `silent` get no answer."""

    txt: Mapping[str, Sequence[str]] = field(default_factory=dict)
    mx: Mapping[str, Sequence[str]] = field(default_factory=dict)
    hosts: Mapping[str, Sequence[str]] = field(default_factory=dict)
    ptr: Mapping[str, Sequence[str]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()

    def _of(self, records: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
        if name in self.silent:
            raise MailerError(f"the DNS does not answer about {name}")
        return tuple(records.get(name, ()))

    def texts(self, name: str) -> tuple[str, ...]:
        return self._of(self.txt, name)

    def exchanges(self, name: str) -> tuple[str, ...]:
        return self._of(self.mx, name)

    def addresses(self, name: str) -> tuple[str, ...]:
        return self._of(self.hosts, name)

    def names(self, address: str) -> tuple[str, ...]:
        return self._of(self.ptr, address)


GOOD = {
    "txt": {
        "club.example": ("v=spf1 ip4:203.0.113.0/24 -all", "site-verification=1"),
        "_dmarc.club.example": ("v=DMARC1; p=reject",),
    },
    "mx": {"club.example": ("mx.club.example",)},
    "hosts": {"mx.club.example": ("203.0.113.25",), "relay.example": (RELAY,)},
    "ptr": {RELAY: ("relay.example",)},
}


@pytest.fixture
def far(club: Club) -> Club:
    """The club, with a relay on another machine."""
    club.settle(smtp={"host": "relay.example", "security": "starttls"})
    return club


def ask(club: Club, **changed) -> dict[str, CheckResult]:
    records = {name: {**GOOD.get(name, {}), **value} if name != "silent" else value for name, value in changed.items()}
    with club.opened() as app:
        checks = dns_checks(MadeUpRecords(**{**GOOD, **records}))
        return {result.subject: result for check in checks for result in check.look(app)}


def test_where_all_is_published_all_is_right(far: Club) -> None:
    results = ask(far)
    assert results["SPF club.example"].finding == f"it lets {RELAY} send"
    assert results["DMARC club.example"].finding == "p=reject; counted for it: the return path at club.example, by SPF"
    assert results["MX club.example"].finding == "mail goes to mx.club.example"
    assert results[f"PTR {RELAY}"].finding == "relay.example, which leads back to it (relay.example)"
    states = {result.state for subject, result in results.items() if subject != "DKIM in the DNS"}
    assert states == {OK}


@pytest.mark.parametrize(
    ("texts", "state", "words"),
    [
        ((), WRONG, "club.example has no SPF record"),
        (("v=spf1 -all", "v=spf1 mx -all"), WRONG, "club.example has 2 SPF records"),
        (("v=spf1 ipv4:203.0.113.9 -all",), WRONG, "wrong term: ipv4:203.0.113.9"),
        (("v=spf1 -all ip4:203.0.113.300",), WRONG, "wrong term: ip4:203.0.113.300"),
        (("v=spf1 ip4:2001:db8::/32 -all",), WRONG, "wrong term: ip4:2001:db8::/32"),
        (("v=spf1 redirect=_spf.example redirect=_spf.example",), WRONG, "wrong term: redirect=_spf.example"),
        (("v=spf1 redirect=club.example",), WRONG, "asks the DNS more than 10 times"),
        (("v=spf1 redirect=gone.example",), WRONG, "gone.example has no SPF record"),
        (("v=spf1 a:x.example mx:y.example a:z.example -all",), WRONG, "not there: x.example, y.example, z.example"),
        (("v=spf1 a:x.example mx:y.example a:relay.example -all",), OK, "3 of 10 questions"),
        (("v=spf1 mx:many.example -all",), WRONG, "many.example has more than 10 mail exchanges"),
        (("v=spf1 include:%{d}.example exists:%{i}.x.example -all",), NOTE, "names with macros were passed over"),
        (("v=spf1 redirect=%{d}.example",), NOTE, "it does not let"),
        (("V=SPF1 IP4:203.0.113.9 -ALL",), OK, f"it lets {RELAY} send"),
        (("v=spf1 +all",), WRONG, "it lets everybody send"),
        (("v=spf1 ip4:192.0.2.1 -all",), NOTE, f"it does not let {RELAY} send"),
        (("v=spf1 ip4:203.0.113.9 ?all",), NOTE, "but says nothing against other senders"),
        (("v=spf1 ip4:203.0.113.9",), NOTE, "but says nothing against other senders"),
        (("v=spf1 a:relay.example ~all",), OK, f"it lets {RELAY} send; 1 of 10 questions"),
        (("v=spf1 mx/24 -all",), OK, "1 of 10 questions"),
        (("v=spf1 include:club.example -all",), WRONG, "asks the DNS more than 10 times"),
        (("v=spf1 redirect=_spf.example",), OK, f"it lets {RELAY} send; 1 of 10 questions"),
    ],
)
def test_an_spf_record_is_judged_as_receivers_do(far: Club, texts, state, words) -> None:
    txt = {"club.example": texts, "_spf.example": ("v=spf1 ip4:203.0.113.9 -all",)}
    result = ask(far, txt=txt, mx={"many.example": [f"mx{n}.example" for n in range(11)]})["SPF club.example"]
    assert result.state is state
    assert words in result.finding
    if state is WRONG:
        assert result.fix.startswith(f'publish one TXT record: club.example. "v=spf1 ip4:{RELAY} -all"')


def test_the_return_paths_have_a_record_of_their_own(far: Club) -> None:
    domain = "bounces.club.example"
    far.settle(
        smtp={"host": "relay.example", "security": "starttls"},
        bounces={"return_path_domain": domain, "maildir": "mail"},
    )
    results = ask(far, txt={domain: ("v=spf1 a:relay.example -all",)}, mx={domain: (".",)})
    assert results[f"SPF {domain}"].state is OK
    assert "SPF club.example" not in results
    assert results[f"MX {domain}"].finding == f"{domain} says by its MX record that it takes no mail"
    assert results["DMARC club.example"].finding == f"p=reject; counted for it: the return path at {domain}, by SPF"


@pytest.mark.parametrize(
    ("texts", "state", "words"),
    [
        ((), NOTE, "club.example has no policy"),
        (("v=DMARC1; p=none", "v=DMARC1; p=none"), WRONG, "2 policies, so none counts"),
        (("v=DMARC1; p=refuse",), WRONG, "cannot be read: p=refuse"),
        (("v=DMARC1; p=none",), OK, "p=none; counted for it"),
    ],
)
def test_a_policy_is_judged(far: Club, texts, state, words) -> None:
    result = ask(far, txt={"_dmarc.club.example": texts})["DMARC club.example"]
    assert result.state is state
    assert words in result.finding


def test_a_policy_that_no_proof_of_ours_fits_is_noted(far: Club) -> None:
    bounces = {"return_path_domain": "bounces.other.example", "maildir": "mail"}
    far.settle(smtp={"host": "relay.example", "security": "starttls"}, bounces=bounces)
    result = ask(far)["DMARC club.example"]
    assert result.state is NOTE
    assert "neither our return path nor our signature counts" in result.finding
    strict = {"_dmarc.club.example": ("v=DMARC1; p=reject; aspf=s",)}
    far.settle(
        smtp={"host": "relay.example", "security": "starttls"},
        bounces={"return_path_domain": "bounces.club.example", "maildir": "mail"},
    )
    assert ask(far, txt=strict)["DMARC club.example"].state is NOTE


@pytest.mark.parametrize(
    ("names", "state", "words"),
    [
        ((), NOTE, "it has no name"),
        (("other.example",), NOTE, "its name other.example does not lead back to it"),
    ],
)
def test_an_address_without_its_name_is_noted(far: Club, names, state, words) -> None:
    result = ask(far, ptr={RELAY: names})[f"PTR {RELAY}"]
    assert result.state is state
    assert words in result.finding


@pytest.mark.parametrize(
    ("exchanges", "words"),
    [((), "no MX record, and no address"), (("gone.club.example",), "no mail exchange of club.example has an address")],
)
def test_a_domain_without_a_way_for_mail_is_wrong(far: Club, exchanges, words) -> None:
    result = ask(far, mx={"club.example": exchanges})["MX club.example"]
    assert result.state is WRONG
    assert words in result.finding


def test_a_dns_that_does_not_answer_is_said_for_each_record(far: Club) -> None:
    silent = frozenset({"club.example", "_dmarc.club.example", RELAY})
    results = ask(far, silent=silent)
    for subject in ("SPF club.example", "DMARC club.example", "MX club.example", f"PTR {RELAY}"):
        assert results[subject].state is WRONG
        assert "the DNS does not answer" in results[subject].finding


def test_a_sender_under_a_public_suffix_alone_is_wrong(far: Club) -> None:
    far.reschedule({"newsletter": {"from": "Club <letter@co.uk>"}})
    assert ask(far)["domain co.uk"].state is WRONG


def test_a_relay_on_this_machine_sends_by_the_name_it_is_greeted_with(club: Club) -> None:
    club.settle(smtp={"ehlo_name": "relay.example"})
    assert ask(club)["SPF club.example"].finding == f"it lets {RELAY} send"


def test_a_relay_on_this_machine_without_a_setting_sends_by_the_machines_own_name(club: Club, monkeypatch) -> None:
    monkeypatch.setattr(socket, "getfqdn", lambda: "relay.example")
    assert ask(club)["SPF club.example"].finding == f"it lets {RELAY} send"
    monkeypatch.setattr(socket, "getfqdn", lambda: "3f2a1b4c5d6e")
    monkeypatch.setattr(socket, "gethostname", lambda: "3f2a1b4c5d6e")
    assert "is not known here" in ask(club)["SPF club.example"].finding


@pytest.mark.parametrize(
    ("host", "sends"), [(RELAY, RELAY), ("2001:db8::9", "2001:db8::9"), ("10.1.2.3", ""), ("inner.example", "")]
)
def test_a_relay_that_is_an_address_sends_from_it_unless_no_receiver_sees_it(club: Club, host, sends) -> None:
    club.settle(smtp={"host": host, "security": "starttls"})
    txt = {"club.example": ("v=spf1 ip4:203.0.113.9 ip6:2001:db8::/32 -all",)}
    results = ask(club, txt=txt, hosts={"inner.example": ("192.168.7.1", "fd00::7")})
    assert results["SPF club.example"].state is OK
    assert (f"it lets {sends} send" if sends else "is not known here") in results["SPF club.example"].finding
    assert [subject for subject in results if subject.startswith("PTR")] == ([f"PTR {sends}"] if sends else [])


def test_a_relay_of_which_one_address_may_send_and_another_not_is_noted(far: Club) -> None:
    result = ask(far, hosts={"relay.example": (RELAY, "2001:db8::9")})["SPF club.example"]
    assert result.state is NOTE
    assert result.finding.startswith(f"it lets {RELAY} send, and not 2001:db8::9; right if the relay sends from other")


def test_the_relays_own_name_that_the_dns_does_not_answer_about_is_said_once(far: Club) -> None:
    records = MadeUpRecords(**{**GOOD, "silent": frozenset({"relay.example"})})
    looks = {entry.subject: entry.look for entry in dns_checks(records)}
    with far.opened() as app:
        [spf] = looks["SPF"](app)
        assert (spf.state, "is not known here" in spf.finding) == (OK, True)
        with pytest.raises(MailerError, match="does not answer about relay"):
            list(looks["PTR"](app))


def test_a_policy_at_the_organisational_domain_counts_for_a_sender_below_it(far: Club) -> None:
    far.reschedule({"newsletter": {"from": "Club <letter@post.почта.example>"}})
    organisation = "xn--80a1acny.example"
    txt = {f"post.{organisation}": ("v=spf1 -all",), f"_dmarc.{organisation}": ("v=DMARC1; p=reject; sp=quarantine",)}
    result = ask(far, txt=txt)[f"DMARC post.{organisation}"]
    assert (result.state, result.finding.startswith("p=quarantine; counted")) == (OK, True)


def test_only_who_asks_for_it_gets_the_answers_of_the_dns(club: Club) -> None:
    club.settle(smtp={"port": 1})
    results = check(club.config, records=MadeUpRecords(**GOOD))
    assert [result for result in results if result.group is CheckGroup.DNS]
    assert results[-1].group is CheckGroup.DNS
