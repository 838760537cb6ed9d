"""Finds the Message-IDs of the messages that a relay has accepted, in its log or in a list."""

import re
from collections.abc import Iterable, Iterator

# Postfix names the Message-ID while it receives a message; only a later line of the same queue id shows that it was
# accepted: it is queued, held for a person, or delivered.
_POSTFIX_RECEIVING = re.compile(r"/cleanup\[\d+\]: (?P<queue>[0-9A-Za-z]+): (?:resent-)?message-id=(?P<id><[^<>\s]+>)")
_POSTFIX_ACCEPTED = re.compile(
    r"/[\w-]+\[\d+\]: (?P<queue>[0-9A-Za-z]+): (?:from=<[^>]*>, size=\d|to=<.*\bstatus=|(?:milter-)?hold: )"
)
# Exim and Sendmail write one line when they have accepted a message.
_EXIM_ACCEPTED = re.compile(r"^[^<]*(?<![\w-])[\w-]+ <= \S+ .*?\bid=(?P<id>[^\s@]+@\S+)")
_SENDMAIL_ACCEPTED = re.compile(r": from=.*, nrcpts=[1-9]\d*, msgid=(?P<id><[^<>\s]+>)")
_LONGEST = 10_000  # characters; Exim's lines end at 8,192, those of syslog earlier
_LIST = re.compile(r"(?:message-id:)?\s*(?P<id><?[^\s<>@]+@[^\s<>@]+>?)\s*", re.IGNORECASE)


def bare(message_id: str) -> str:
    """The Message-ID without spaces and angle brackets."""
    return message_id.strip().removeprefix("<").removesuffix(">")


def accepted_message_ids(lines: Iterable[str]) -> Iterator[str]:
    """The Message-IDs, without angle brackets, of messages that a log of Postfix, Exim or Sendmail shows as accepted.

    A line that consists of a Message-ID alone counts too. Other lines are skipped.
    """
    receiving: dict[str, str] = {}  # Postfix: Message-ID by queue id
    for line in lines:
        if len(line) > _LONGEST:
            continue
        if match := _POSTFIX_RECEIVING.search(line):
            receiving[match["queue"]] = match["id"]
        elif match := _POSTFIX_ACCEPTED.search(line):
            message_id = receiving.pop(match["queue"], None)
            if message_id is not None:
                yield bare(message_id)
        elif match := _EXIM_ACCEPTED.search(line) or _SENDMAIL_ACCEPTED.search(line) or _LIST.fullmatch(line):
            yield bare(match["id"])
