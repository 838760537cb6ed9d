"""Which passwords are good enough: long ones, whatever they are made of."""

from mailer.domain.errors import BadInput

SHORTEST = 12  # characters
LONGEST = 256
_DIFFERENT = 5  # characters at least: `aaaaaaaaaaaa` is tried first


def refuse_weak(password: str, name: str) -> None:
    """Raises BadInput when this cannot be the password of the user with this name (NIST SP 800-63B §3.1.1.2)."""
    if not password.strip():
        raise BadInput("a password is needed")
    if len(password) < SHORTEST:
        raise BadInput(
            f"the password has {len(password)} characters; {SHORTEST} are needed: three or four words will do"
        )
    if len(password) > LONGEST:
        raise BadInput(f"the password has {len(password)} characters; {LONGEST} are allowed")
    if any(ord(letter) < ord(" ") for letter in password):
        raise BadInput("the password has a control character, which a browser cannot send")
    if len(set(password.casefold())) < _DIFFERENT:
        raise BadInput("the password is the same few characters again and again; three or four words will do")
    if name.casefold() in password.casefold() and len(password) - len(name) < SHORTEST // 2:
        raise BadInput("the password is little more than the user's name; three or four words will do")
