"""One-time codes (RFC 6238): six digits that an app on a telephone or a computer shows, new every 30 seconds."""

import hmac
from datetime import datetime

import pyotp

from mailer.formats.credentials.typed import typed_digits

DIGITS = 6
_ISSUER = "Club Mailer"
# A clock that is half a minute wrong, and the time that typing takes (RFC 6238 §5.2).
_STEPS_AROUND = (0, -1, 1)


def new_secret() -> str:
    """A secret that an app can make codes of: 160 bits in base32 (RFC 4226 §4)."""
    return pyotp.random_base32()


def accepted_step(secret: str, typed: str, at: datetime, last_step: int | None) -> int | None:
    """The step of time whose code was typed; None for a wrong code, and for one no later than the last accepted step.

    The caller stores the step, so that no code is accepted twice.
    """
    digits = typed_digits(typed)
    if len(digits) != DIGITS:
        return None
    codes = pyotp.TOTP(secret, digits=DIGITS)
    now = codes.timecode(at)
    for step in (now + around for around in _STEPS_AROUND):
        is_new = last_step is None or step > last_step
        if is_new and hmac.compare_digest(codes.generate_otp(step), digits):
            return step
    return None


def set_up_address(secret: str, user: str) -> str:
    """The otpauth: address that an app reads from the picture."""
    return pyotp.TOTP(secret, digits=DIGITS).provisioning_uri(name=user, issuer_name=_ISSUER)


def in_groups(secret: str) -> str:
    """The secret as it is typed into an app that reads no picture: groups of four characters."""
    return " ".join(secret[place : place + 4] for place in range(0, len(secret), 4))
