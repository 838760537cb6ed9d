"""Passkeys (WebAuthn): the browser proves by a signature that it has the key which was registered for this site."""

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from mailer.domain.errors import BadInput
from mailer.domain.relying_party import RelyingParty

LARGEST_ANSWER = 32 * 1024  # characters of JSON: real ones have about one thousand
_SITE = "Club Mailer"
# What the library raises for an answer that is malformed, forged or for another site.
_FAILURES = (WebAuthnException, ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
# The password was asked for before: the key need not ask for a PIN.
_VERIFICATION = UserVerificationRequirement.DISCOURAGED


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRecord:
    """What is stored of a passkey: its id and public key, and how often it says that it has signed."""

    credential: str  # in base64url
    public_key: bytes
    sign_count: int


def new_challenge() -> str:
    """What the browser is to sign, once; 256 bits in base64url."""
    return bytes_to_base64url(secrets.token_bytes(32))


def registration_options(party: RelyingParty, *, user: int, name: str, challenge: str, existing: Iterable[str]) -> str:
    """The JSON that `navigator.credentials.create` takes; `existing` are the ids of the passkeys that the user has."""
    options = generate_registration_options(
        rp_id=party.name,
        rp_name=_SITE,
        user_id=f"club-mailer:{user}".encode(),
        user_name=name,
        challenge=base64url_to_bytes(challenge),
        exclude_credentials=_descriptors(existing),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=_VERIFICATION
        ),
    )
    return options_to_json(options)


def registered(party: RelyingParty, *, challenge: str, answer: str) -> PasskeyRecord:
    """The passkey that the browser has made. Raises BadInput for an answer to anything but this challenge and site."""
    try:
        verified = verify_registration_response(
            credential=_parsed(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.name,
            expected_origin=list(party.origins),
        )
    except _FAILURES as error:
        raise _refusal() from error
    return PasskeyRecord(
        credential=bytes_to_base64url(verified.credential_id),
        public_key=verified.credential_public_key,
        sign_count=verified.sign_count,
    )


def sign_in_options(party: RelyingParty, *, challenge: str, existing: Iterable[str]) -> str:
    """The JSON that `navigator.credentials.get` takes."""
    options = generate_authentication_options(
        rp_id=party.name,
        challenge=base64url_to_bytes(challenge),
        allow_credentials=_descriptors(existing),
        user_verification=_VERIFICATION,
    )
    return options_to_json(options)


def credential_of(answer: str) -> str:
    """The id of the passkey that an answer says it is of; empty where it says none."""
    try:
        credential = _parsed(answer).get("id")
    except _FAILURES:
        return ""
    return credential if isinstance(credential, str) else ""


def proved(party: RelyingParty, passkey: PasskeyRecord, *, challenge: str, answer: str) -> int:
    """How often this passkey says that it has signed by now; many always say 0.

    Raises BadInput for an answer that it has not signed for this challenge and site.
    """
    try:
        verified = verify_authentication_response(
            credential=_parsed(answer),
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.name,
            expected_origin=list(party.origins),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
        )
        is_this = bytes_to_base64url(verified.credential_id) == passkey.credential
    except _FAILURES as error:
        raise _refusal() from error
    if not is_this:
        raise _refusal()
    return verified.new_sign_count


def _descriptors(credentials: Iterable[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(credential)) for credential in credentials]


def _parsed(answer: str) -> dict[str, object]:
    if len(answer) > LARGEST_ANSWER:
        raise ValueError("longer than any answer of a browser")
    parsed = json.loads(answer)
    if not isinstance(parsed, dict):
        raise TypeError("no JSON object")
    return parsed


def _refusal() -> BadInput:
    return BadInput("this passkey was not accepted: try it once more, or choose another way")
