"""DKIM signatures, verified by dkimpy: they hold for what was signed and for nothing else."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache

import dkim as reader
import pytest
from cryptography.hazmat.primitives.asymmetric.dsa import generate_private_key as dsa_key
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as ec_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateNumbers, RSAPublicNumbers
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as rsa_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mailer.domain.errors import BadInput
from mailer.formats.message.dkim import _SIGNED, DkimSigner, record_name
from mailer.formats.message.dkim_key import public_record, read_dkim_key
from tests.formats.made_up import READER, a_builder, an_edition
from tests.formats.strategies import lines

DOMAIN = "club.example"
AT = 1531378800


def a_message(address: str = "ada@example.org") -> bytes:
    """A member's whole copy."""
    return a_builder(an_edition()).make(
        "Ada Harbour", address, "<m17@club.example>", READER["en"], "u17@bounces.club.example"
    )


MESSAGE = a_message()
PLAIN, PASSPHRASE = NoEncryption(), BestAvailableEncryption(b"open sesame")

quick = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def pem(private, form=PrivateFormat.PKCS8, protection=PLAIN):
    return private.private_bytes(Encoding.PEM, form, protection)


@cache
def rsa(bits=2048):
    # A new key each time: a private key in a repository would set off alarms.
    return rsa_key(65537, bits)


def mersenne(first, second):
    """A long RSA key in no time, whose primes are public; `first` and `second` are exponents of Mersenne primes."""
    p, q = 2**first - 1, 2**second - 1
    d = pow(65537, -1, (p - 1) * (q - 1))
    public = RSAPublicNumbers(65537, p * q)
    return RSAPrivateNumbers(p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p), public).private_key(
        unsafe_skip_rsa_key_validation=True
    )


@cache
def keys():
    return read_dkim_key("bulletin", pem(rsa())), read_dkim_key("modern", pem(Ed25519PrivateKey.generate()))


@cache
def signer(*which):
    return DkimSigner(domain=DOMAIN, keys=tuple(keys()[index] for index in which or (0, 1)))


def holds(message, domain=DOMAIN):
    """Whether each signature holds, the topmost first."""
    records = {f"{record_name(domain, key.selector)}.".encode(): public_record(key).encode() for key in keys()}
    read = reader.DKIM(message)
    count = len(re.findall(rb"^DKIM-Signature:", message, re.MULTILINE))
    answers = []
    for index in range(count):
        try:
            answers.append(read.verify(idx=index, dnsfunc=lambda name, timeout=5: records.get(name)))
        except reader.DKIMException:
            answers.append(False)
    return answers


def heads_and_body(message):
    head, _, body = message.partition(b"\r\n\r\n")
    return head + b"\r\n", b"\r\n" + body


# --- what holds -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("which", "answers"), [((0,), [True]), ((1,), [True]), ((0, 1), [True, True])])
def test_a_signed_copy_holds(which, answers):
    signed = signer(*which).sign(MESSAGE, AT)
    assert holds(signed) == answers
    assert signed.endswith(MESSAGE)


def test_an_address_in_another_alphabet_holds():
    message = a_message("мария@xn--e1afmkfd.example")
    assert not message.isascii()
    assert holds(signer().sign(message, AT)) == [True, True]


def test_a_longer_key_and_a_domain_in_another_alphabet_hold():
    key = read_dkim_key("s2031.bulletin", pem(rsa(3072), PrivateFormat.TraditionalOpenSSL))
    domain = "xn--80aeacxyjkb0a.xn--e1afmkfd.example"
    signed = DkimSigner(domain=domain, keys=(key,)).sign(MESSAGE, AT)
    answer = public_record(key).encode()
    assert reader.verify(
        signed, dnsfunc=lambda name, timeout=5: answer if name.startswith(b"s2031.bulletin._") else b""
    )


def test_the_same_inputs_give_the_same_bytes_in_any_thread():
    once = signer().sign(MESSAGE, AT)
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: signer().sign(MESSAGE, AT), range(40))) == {once}
    assert signer().sign(MESSAGE, AT + 1) != once


def test_the_fields_say_what_they_must_on_lines_of_78():
    signed = signer().sign(MESSAGE, AT)
    added = signed.removesuffix(MESSAGE).decode()
    assert max(map(len, added.split("\r\n"))) <= 78
    for field, kind, selector in zip(
        re.findall(r"DKIM-Signature: (.*?)\r\n(?! )", added, re.DOTALL),
        ("rsa", "ed25519"),
        ("bulletin", "modern"),
        strict=True,
    ):
        tags = dict(tag.split("=", 1) for tag in re.sub(r"\s", "", field).split(";"))
        assert list(tags) == ["v", "a", "c", "t", "d", "s", "h", "bh", "b"]
        assert tags["a"] == f"{kind}-sha256"
        assert (tags["c"], tags["t"], tags["d"], tags["s"]) == ("relaxed/simple", str(AT), DOMAIN, selector)
        listed = tags["h"].split(":")
        there = {name.lower() for name in re.findall(r"^([\w-]+):", heads_and_body(MESSAGE)[0].decode(), re.MULTILINE)}
        assert {name: listed.count(name) for name in _SIGNED} == {name: 1 + (name.lower() in there) for name in _SIGNED}
        assert there <= {name.lower() for name in listed}


def test_what_relays_may_do_leaves_it_valid():
    signed = signer().sign(MESSAGE, AT)
    passed_on = b"Received: from club.example by relay.example; Thu, 12 Jul 2018 10:00:01 +0300\r\n"
    passed_on += b"Resent-From: maria@relay.example\r\nResent-To: paul@relay.example\r\n"
    assert holds(passed_on + signed) == [True, True]
    folded = signed.replace(b"\r\nFrom: The Harbour ", b"\r\nFROM:\r\n\tThe   Harbour\t \r\n ")
    assert folded != signed
    assert holds(folded) == [True, True]
    assert holds(signed + b"\r\n\r\n") == [True, True]


# --- what does not ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", _SIGNED)
def test_an_added_field_breaks_it(name):
    signed = signer().sign(MESSAGE, AT)
    field = f"{name}: eve@club.example\r\n".encode()
    head, body = heads_and_body(signed)
    assert holds(field + signed) == [False, False]
    assert holds(head + field + body) == [False, False]


@pytest.mark.parametrize(
    "name",
    ["From", "Reply-To", "To", "Subject", "Date", "Message-ID", "List-Id", "List-Unsubscribe", "Content-Type"],
)
def test_a_changed_or_missing_field_breaks_it(name):
    signed = signer().sign(MESSAGE, AT)
    field = re.search(rb"^" + name.encode() + rb": .*\r\n(?:[ \t].*\r\n)*", signed, re.MULTILINE)
    assert field
    changed = signed.replace(field[0], field[0].removesuffix(b"\r\n") + b"x\r\n", 1)
    assert holds(changed) == [False, False]
    assert holds(signed.replace(field[0], b"", 1)) == [False, False]


@pytest.mark.parametrize(
    ("old", "new"), [(b"lighthouse", b"lightship"), (b"Harbour Letter\r\n", b"Harbour Letter \r\n"), (b"", b"PS\r\n")]
)
def test_a_changed_body_breaks_it(old, new):
    signed = signer().sign(MESSAGE, AT)
    changed = new.join(signed.rsplit(old, 1)) if old else signed + new
    assert changed != signed
    assert holds(changed) == [False, False]


def test_another_key_s_record_does_not_fit():
    other = DkimSigner(domain=DOMAIN, keys=(read_dkim_key("bulletin", pem(rsa(3072))),))
    assert holds(other.sign(MESSAGE, AT)) == [False]


@pytest.mark.parametrize("head", [b"", b"Subject: no sender\r\n", b"From: a@club.example\r\nfrom : b@club.example\r\n"])
def test_a_message_without_one_from_is_not_signed(head):
    with pytest.raises(ValueError, match="one From"):
        signer().sign(head + b"\r\nwords\r\n", AT)


# --- whatever a message holds -----------------------------------------------------------------------------------------

spaces = st.sampled_from([b"", b" ", b"  ", b"\t", b"\r\n ", b"\r\n\t", b" \r\n  ", b"\t \t", b" \r\n \r\n x"])
words = st.one_of(lines.map(str.encode), st.sampled_from([b"=?utf-8?q?=D0=AF?=", b":", b";", b"b=", b"<a@b.example>"]))
names = st.sampled_from([*_SIGNED[1:], "Received", "X-Mailer", "DKIM-Signature-Not", "Subjects", "b"])
cases = st.sampled_from([str, str.lower, str.upper])
values = st.lists(st.tuples(spaces, words), min_size=1, max_size=4).map(lambda parts: b"".join(map(b"".join, parts)))
fields = st.builds(lambda name, case, value: case(name).encode() + b":" + value + b"\r\n", names, cases, values)
body_line = st.one_of(
    st.sampled_from([b"", b" ", b"\t", b".", b"From x", b"  two  words  "]),
    st.binary(max_size=40).map(lambda octets: octets.replace(b"\r", b"").replace(b"\n", b"")),
)
bodies = st.one_of(
    st.just(b""),
    st.builds(
        lambda inner, end: b"\r\n" + b"\r\n".join(inner) + end,
        st.lists(body_line, max_size=8),
        st.sampled_from([b"", b"\r\n", b"\r\n\r\n", b"\r\n \r\n", b"\r\n" * 9]),
    ),
)


@quick
@given(heads=st.lists(fields, max_size=8), body=bodies, place=st.integers(0, 8))
@example(heads=[], body=b"", place=0)
@example(heads=[], body=b"\r\n", place=0)
@example(heads=[], body=b"\r\n\r\n\r\n", place=0)
@example(heads=[], body=b"\r\nwords", place=0)
@example(heads=[b"Subject: a\r\n", b"subject: b\r\n", b"Subject:\r\n  c \t\r\n"], body=b"\r\nwords\r\n\r\n", place=1)
def test_whatever_stands_in_a_message_holds(heads, body, place):
    message = b"".join([*heads[:place], b"From:\tclub\r\n <bulletin@club.example> \r\n", *heads[place:], body])
    signed = signer().sign(message, AT)
    assert holds(signed) == [True, True]
    assert signed.endswith(message)
    assert max(map(len, signed.removesuffix(message).split(b"\r\n"))) <= 78


# --- keys, names, records ---------------------------------------------------------------------------------------------


def unreadable():
    public = rsa().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    modern = Ed25519PrivateKey.generate()
    whole = pem(modern)
    return {
        "nothing": (b"", "cannot be read"),
        "some words": (b"club", "cannot be read"),
        "half of it": (whole.replace(b"MC4C", b"MC4D"), "cannot be read"),
        "a public key": (public, "cannot be read"),
        "a passphrase": (pem(rsa(), protection=PASSPHRASE), "passphrase"),
        "an old passphrase": (pem(rsa(), PrivateFormat.TraditionalOpenSSL, PASSPHRASE), "passphrase"),
        "a passphrase, Ed25519": (pem(modern, protection=PASSPHRASE), "passphrase"),
        "another kind": (pem(ec_key(SECP256R1())), "type"),
        "yet another": (pem(dsa_key(1024)), "type"),
        "too short": (pem(rsa(1024)), "1024 bits"),
        "too long": (pem(mersenne(2203, 2281)), "4484 bits"),
    }


def test_a_key_that_cannot_sign_is_refused_without_a_word_of_it():
    for name, (octets, message) in unreadable().items():
        with pytest.raises(BadInput, match=message) as caught:
            read_dkim_key("bulletin", octets)
        assert "'bulletin'" in str(caught.value), name
        assert caught.value.__suppress_context__ or caught.value.__context__ is None, name
        for line in octets.decode().split("\n")[1:-2]:
            assert not line or line not in str(caught.value), name


def test_a_key_does_not_show_itself():
    assert "private" not in repr(signer())
    assert "selector='modern'" in repr(signer())


@pytest.mark.parametrize("selector", ["", "Bulletin", "a_b", "-a", "a-", "a..b", ".a", "a b", "я", "a\n", "a" * 64])
def test_a_selector_is_a_name_of_the_dns(selector):
    with pytest.raises(BadInput, match="selector"):
        read_dkim_key(selector, b"")


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        ("", "not a domain"),
        ("club", "not a domain"),
        ("club..example", "not a domain"),
        ("a b.example", "not a domain"),
        ("x@club.example", "not a domain"),
        ("club.example;", "not a domain"),
        ("club.example\n", "not a domain"),
        ("Club.Example", "write 'club.example'"),
        ("club.example ", "write 'club.example'"),
        ("клуб.example", "write 'xn--90ard6a.example'"),
    ],
)
def test_a_domain_stands_as_the_dns_has_it(domain, message):
    with pytest.raises(BadInput, match=re.escape(message)):
        DkimSigner(domain=domain, keys=keys())


def test_each_key_has_a_selector_of_its_own_that_fits():
    with pytest.raises(BadInput, match="no DKIM key"):
        DkimSigner(domain=DOMAIN, keys=())
    with pytest.raises(BadInput, match="same selector"):
        DkimSigner(domain=DOMAIN, keys=(keys()[0], replace(keys()[1], selector="bulletin")))
    long = replace(keys()[0], selector=".".join(["a" * 60] * 4))
    with pytest.raises(BadInput, match="too long"):
        DkimSigner(domain=DOMAIN, keys=(long,))


def test_a_record_is_what_a_zone_publishes():
    old, modern = keys()
    assert record_name(DOMAIN, old.selector) == "bulletin._domainkey.club.example"
    assert re.fullmatch(r"v=DKIM1; k=rsa; p=MII[\w+/]{389}", public_record(old))
    assert re.fullmatch(r"v=DKIM1; k=ed25519; p=[\w+/]{43}=", public_record(modern))


def test_the_record_of_rfc_8463():
    """Its private key and the record that it publishes (appendix A)."""
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    key = read_dkim_key("brisbane", pem(Ed25519PrivateKey.from_private_bytes(seed)))
    assert public_record(key) == "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
