"""Shows a whole number as Excel shows it, where its format adds zeros, letters or signs: 42 as 0042 or P-042."""

import re
from decimal import Decimal

# A quoted or escaped text, a colour or condition, a space or filling, a digit, another sign.
_TOKENS = re.compile(r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|(?P<skipped>\[[^\]]*\]|[_*].)|(?P<digit>[0#?])|(?P<sign>.)')
_CONDITION = re.compile(r"\[[<>=]")
_PLAIN_SIGNS = frozenset("-+() :/")


def shown(number: Decimal, code: str) -> str | None:
    """The number in this format; None where the format is more than digits and letters, or adds nothing."""
    if _CONDITION.search(code) or number < 0 or number != number.to_integral_value():
        return None
    tokens = [match for match in _TOKENS.finditer(_first_section(code)) if match["skipped"] is None]
    if any(match["sign"] and match["sign"] not in _PLAIN_SIGNS for match in tokens):
        return None
    digits = list(f"{number.normalize():f}")
    first = next((match for match in tokens if match["digit"]), None)
    if first is None:
        return None
    parts = list[str]()
    for match in reversed(tokens):
        if not match["digit"]:
            parts.append(match["quoted"] or match["escaped"] or match["sign"] or "")
        elif match is first:
            parts.append("".join(digits) or match["digit"].replace("#", "").replace("?", ""))
        else:
            parts.append(digits.pop() if digits else match["digit"].replace("#", "").replace("?", ""))
    text = "".join(reversed(parts)).strip()
    return text if text != f"{number.normalize():f}" else None


def _first_section(code: str) -> str:
    """The part of the format that is for positive numbers."""
    quoted = re.sub(r'"[^"]*"', lambda match: match[0].replace(";", "\0"), code)
    return quoted.partition(";")[0].replace("\0", ";")
