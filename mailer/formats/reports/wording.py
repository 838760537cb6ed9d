"""The words of a reply without what differs from copy to copy, so that like replies can be counted."""

import re

LONGEST = 120  # characters that are kept; replies that differ later only are alike
MOST_READ = 1000

# Ids, numbers and statuses have a digit; addresses, links and assignments one of the signs.
_VARIABLE = re.compile(r"[\d@=]|://")
# The names of hosts and domains.
_DOTTED = re.compile(r"[^\WA-Z]+(?:[.-][^\WA-Z]+)*\.[^\WA-Z]+")
_EDGES = "\"'`“”‘’«»„()[]{}<>,;:.!?-#*|/\\~"


def wording_of(text: str, address: str = "") -> str:
    """The words of a server's reply to a copy for this address, without addresses, domains, hosts, ids and numbers.

    Empty where nothing else is left. `address` is in its wire form or its normal form.
    """
    local, _, domain = address.casefold().rpartition("@")
    words = (word.strip(_EDGES) for word in text[:MOST_READ].split() if not _VARIABLE.search(word))
    common = (word for word in words if word and word.casefold() not in {local, domain} and not _DOTTED.fullmatch(word))
    return " ".join(common)[:LONGEST].rstrip()


def joined(*parts: object) -> str:
    """The parts of a reply that there are, such as its code and status, with a space between."""
    return " ".join(str(part) for part in parts if part)
