"""An authenticator in software: makes passkeys and signs with them as a browser with a security key does (WebAuthn §6)."""

import json
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import bytes_to_base64url

_PRESENT, _WITH_KEY = 0x01, 0x40  # the flags of authenticator data, §6.1


class Authenticator:
    """One key, used in a browser whose page has this origin; its counter always says `count`."""

    def __init__(self, origin: str, *, seed: int = 1, count: int = 0) -> None:
        self.origin = origin
        self.count = count
        self._key = ec.derive_private_key(seed, ec.SECP256R1())
        self.id = sha256(f"credential {seed}".encode()).digest()

    @property
    def credential(self) -> str:
        return bytes_to_base64url(self.id)

    def create(self, options: str) -> str:
        """The answer of `navigator.credentials.create`."""
        asked = json.loads(options)
        numbers = self._key.public_key().public_numbers()
        key = {
            1: 2,
            3: -7,
            -1: 1,
            -2: numbers.x.to_bytes(32, "big"),
            -3: numbers.y.to_bytes(32, "big"),
        }  # RFC 9053 §7.1
        attested = bytes(range(1, 17)) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(key)
        data = self._data(asked["rp"]["id"], _PRESENT | _WITH_KEY) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(
            {
                "clientDataJSON": self._client_data("webauthn.create", asked["challenge"]),
                "attestationObject": statement,
            }
        )

    def get(self, options: str) -> str:
        """The answer of `navigator.credentials.get`."""
        asked = json.loads(options)
        data, client = self._data(asked["rpId"], _PRESENT), self._client_data("webauthn.get", asked["challenge"])
        signature = self._key.sign(data + sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._answer({"clientDataJSON": client, "authenticatorData": data, "signature": signature})

    def _data(self, site: str, flags: int) -> bytes:
        return sha256(site.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _answer(self, response: dict[str, bytes]) -> str:
        encoded = {name: bytes_to_base64url(value) for name, value in response.items()}
        return json.dumps({"id": self.credential, "rawId": self.credential, "type": "public-key", "response": encoded})
