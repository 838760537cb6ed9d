"""How the copies of a run are signed. Our sender imports this and no more of the harness, whose memory would count as its own."""

from enum import StrEnum

ED25519_FILE = "ed25519.pem"


class Signed(StrEnum):
    """What signs the copies."""

    NOT = ""
    ED25519 = "ed25519"  # alone: our settings know it only beside RSA, so `ours` hands it to the sender itself
    RSA = "rsa"
    BOTH = "both"
