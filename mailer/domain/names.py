"""How a person is named wherever an id stands: "P004 Peter Novak"."""

# An erased person's rows keep an alias that begins so.
ALIAS = "erased-"
ERASED = "erased"


def shown_name(person: str, name: str) -> str:
    """The name to show beside an id: the register's; "erased" once the person is erased; empty without a name."""
    return ERASED if person.startswith(ALIAS) else name


def label(person: str, name: str) -> str:
    """The id with the name beside it."""
    name = shown_name(person, name)
    return f"{person} {name}" if name and name != ERASED else f"{person} (erased)" if name else person
