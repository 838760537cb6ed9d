"""A passkey is good for its own site, one challenge at a time."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from mailer.domain.errors import BadInput
from mailer.domain.relying_party import RelyingParty
from mailer.formats.credentials import passkey
from mailer.formats.credentials.passkey import PasskeyRecord
from tests.authenticator import Authenticator

PARTY = RelyingParty(name="console.club.example", origins=("https://console.club.example",))
CHALLENGE = passkey.new_challenge()


def register(authenticator: Authenticator, challenge: str = CHALLENGE) -> PasskeyRecord:
    options = passkey.registration_options(PARTY, user=3, name="Anna", challenge=challenge, existing=[])
    return passkey.registered(PARTY, challenge=CHALLENGE, answer=authenticator.create(options))


def sign_in(authenticator: Authenticator, record: PasskeyRecord, challenge: str = CHALLENGE) -> int:
    options = passkey.sign_in_options(PARTY, challenge=challenge, existing=[record.credential])
    return passkey.proved(PARTY, record, challenge=CHALLENGE, answer=authenticator.get(options))


@pytest.fixture
def authenticator() -> Authenticator:
    return Authenticator(PARTY.origins[0])


def test_a_passkey_proves_itself_with_a_counter_that_stays_zero(authenticator: Authenticator) -> None:
    record = register(authenticator)
    assert record.credential == authenticator.credential
    assert [sign_in(authenticator, record) for _ in range(2)] == [0, 0]


def test_a_counter_that_runs_must_run_on(authenticator: Authenticator) -> None:
    record = register(authenticator)
    authenticator.count = 7
    record = replace(record, sign_count=sign_in(authenticator, record))
    assert record.sign_count == 7
    with pytest.raises(BadInput):  # a copy of the key
        sign_in(authenticator, record)


def test_another_challenge_is_refused(authenticator: Authenticator) -> None:
    record = register(authenticator)
    other = passkey.new_challenge()
    assert other != CHALLENGE
    with pytest.raises(BadInput):
        sign_in(authenticator, record, other)
    with pytest.raises(BadInput):
        register(authenticator, other)


@pytest.mark.parametrize("origin", ["https://console.club.example.evil.example", "http://console.club.example", ""])
def test_a_page_of_another_site_is_refused(origin: str, authenticator: Authenticator) -> None:
    record = register(authenticator)
    authenticator.origin = origin
    with pytest.raises(BadInput):
        sign_in(authenticator, record)
    with pytest.raises(BadInput):
        register(authenticator)


def test_another_key_is_refused(authenticator: Authenticator) -> None:
    record, other = register(authenticator), Authenticator(PARTY.origins[0], seed=2)
    with pytest.raises(BadInput):
        sign_in(other, record)
    other.id = authenticator.id
    with pytest.raises(BadInput, match="not accepted"):
        sign_in(other, record)


def test_an_answer_says_whose_it_is(authenticator: Authenticator) -> None:
    options = passkey.sign_in_options(PARTY, challenge=CHALLENGE, existing=[])
    assert passkey.credential_of(authenticator.get(options)) == authenticator.credential
    for answer in ("", "[]", '{"id": 3}', "x" * 100_000, "{"):
        assert passkey.credential_of(answer) == ""


def test_what_the_user_has_is_not_registered_again(authenticator: Authenticator) -> None:
    options = passkey.registration_options(PARTY, user=3, name="A", challenge=CHALLENGE, existing=["abcd"])
    parsed = json.loads(options)
    assert parsed["rp"]["id"] == PARTY.name
    assert [each["id"] for each in parsed["excludeCredentials"]] == ["abcd"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(
    JSON
    | st.fixed_dictionaries(
        {
            "id": st.text(max_size=8),
            "rawId": st.text(max_size=8),
            "type": st.just("public-key"),
            "response": st.fixed_dictionaries(
                {
                    "clientDataJSON": st.text("ABCab_-=", max_size=20),
                    "attestationObject": st.text("ABCoow_-", max_size=40),
                    "authenticatorData": st.text("ABCab_-=", max_size=60),
                    "signature": st.text(max_size=8),
                }
            ),
        }
    )
)
def test_whatever_comes_is_refused_in_a_sentence(answer: object) -> None:
    record = PasskeyRecord(credential="abcd", public_key=b"", sign_count=0)
    with pytest.raises(BadInput, match="not accepted"):
        passkey.registered(PARTY, challenge=CHALLENGE, answer=json.dumps(answer))
    with pytest.raises(BadInput, match="not accepted"):
        passkey.proved(PARTY, record, challenge=CHALLENGE, answer=json.dumps(answer))


@given(st.integers(0, 400), st.binary(min_size=1, max_size=3))
def test_a_damaged_answer_is_refused_in_a_sentence(place: int, damage: bytes) -> None:
    """A valid answer whose attestation ends early, in any octets."""
    options = passkey.registration_options(PARTY, user=3, name="Anna", challenge=CHALLENGE, existing=[])
    answer = json.loads(Authenticator(PARTY.origins[0]).create(options))
    statement = base64url_to_bytes(answer["response"]["attestationObject"])
    damaged = statement[: place % (len(statement) - len(damage))] + damage
    answer["response"]["attestationObject"] = bytes_to_base64url(damaged)
    with pytest.raises(BadInput):
        passkey.registered(PARTY, challenge=CHALLENGE, answer=json.dumps(answer))
