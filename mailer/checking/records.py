"""What the checks ask the DNS; a resolver that was made up can answer instead."""

from typing import Protocol


class Records(Protocol):
    """The records of names. Each raises MailerError when the DNS does not answer; a name without a record has none."""

    def texts(self, name: str) -> tuple[str, ...]:
        """Its TXT records."""
        ...

    def exchanges(self, name: str) -> tuple[str, ...]:
        """Its mail exchanges, the best first; `.` says that it takes no mail."""
        ...

    def addresses(self, name: str) -> tuple[str, ...]:
        """Its addresses."""
        ...

    def names(self, address: str) -> tuple[str, ...]:
        """The names of an address."""
        ...
