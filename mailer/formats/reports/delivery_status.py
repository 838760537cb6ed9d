"""Reads the machine's part of a delivery report (RFC 3464), also where it stands as plain text without its wrapping."""

import re
from dataclasses import dataclass

from mailer.formats.reports import addresses

_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9\-]{2,40})[ \t]*:[ \t]*(.*)")
_MESSAGE_FIELDS = {"reporting-mta", "original-envelope-id", "received-from-mta", "arrival-date", "dsn-gateway"}
_RECIPIENT_FIELDS = {"final-recipient", "original-recipient", "x-actual-recipient"}
_OTHER_FIELDS = {
    "action",
    "status",
    "diagnostic-code",
    "remote-mta",
    "last-attempt-date",
    "final-log-id",
    "will-retry-until",
}
_KNOWN = _MESSAGE_FIELDS | _RECIPIENT_FIELDS | _OTHER_FIELDS
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_INLINE = re.compile(r"^[ \t]{0,8}(?:Final-Recipient|Original-Recipient)[ \t]*:", re.IGNORECASE | re.MULTILINE)
# So many lines and recipients of one report are read.
_MOST_LINES = 2000
_MOST_RECIPIENTS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """What the report says of one recipient, with what it says of the whole message. All as it stood, unfolded."""

    final_recipient: str | None
    original_recipient: str | None
    action: str
    status: str | None
    status_words: str  # what stands behind the number, in parentheses
    diagnostic: str
    remote_mta: str
    reporting_mta: str
    envelope_id: str

    @property
    def recipient(self) -> str | None:
        """The address that failed."""
        return self.final_recipient or self.original_recipient


def read(text: str) -> list[Fields]:
    """Every recipient in a delivery-status part."""
    return _records(_groups(text.split("\n")[:_MOST_LINES]))


def read_inline(text: str) -> list[Fields]:
    """Every recipient in fields of RFC 3464 that stand in running text; empty where there are none."""
    if not _INLINE.search(text):
        return []
    groups = [{key: value for key, value in group.items() if key in _KNOWN} for group in _groups(text.split("\n"))]
    return [one for one in _records([group for group in groups if group]) if one.recipient and one.action]


def _groups(lines: list[str]) -> list[dict[str, str]]:
    """The fields, group by group: groups are parted by blank lines, or begin with a field that is already there."""
    groups: list[dict[str, str]] = [{}]
    last = ""
    for line in lines:
        if not line.strip():
            groups.append({})
            last = ""
        elif (found := _FIELD.match(line.lstrip())) and (
            not last or line[0] not in " \t" or found[1].lower() in _KNOWN
        ):
            last = found[1].lower()
            if last == "final-recipient" and last in groups[-1]:
                groups.append({})
            groups[-1].setdefault(last, found[2].strip())
        elif last and len(groups[-1][last]) < 4000:
            # Folded, or broken without the blank that folding needs: it goes on either way.
            groups[-1][last] += " " + line.strip()
    return [group for group in groups if group]


def _records(groups: list[dict[str, str]]) -> list[Fields]:
    message: dict[str, str] = {}
    records: list[dict[str, str]] = []
    for group in groups:
        for key in _MESSAGE_FIELDS & group.keys():
            message.setdefault(key, group[key])
        own = {key: value for key, value in group.items() if key not in _MESSAGE_FIELDS}
        named = _RECIPIENT_FIELDS & own.keys()
        told = {"action", "status", "diagnostic-code"} & own.keys()
        if named and records and not _RECIPIENT_FIELDS & records[-1].keys():
            records[-1] |= own  # its action and status came before a blank line, its name after it
        elif named or ("action" in told and (not records or "action" in records[-1])):
            records.append(own)
        elif told and records:
            records[-1] = own | records[-1]
    return [_fields(record, message) for record in records[:_MOST_RECIPIENTS]]


def _fields(record: dict[str, str], message: dict[str, str]) -> Fields:
    final = _address(record.get("final-recipient", ""))
    original = _address(record.get("original-recipient", ""))
    status = _STATUS.search(record.get("status", "")[:200])
    return Fields(
        final_recipient=final or (_address(record.get("x-actual-recipient", "")) if not original else None),
        original_recipient=original,
        action=record.get("action", "").partition(" ")[0].strip("();,").lower(),
        status=status[1] if status else None,
        status_words=record.get("status", "")[:300].partition("(")[2].rstrip(") "),
        diagnostic=" ".join(record.get("diagnostic-code", "")[:4000].split()),
        remote_mta=_host(record.get("remote-mta", "")),
        reporting_mta=_host(message.get("reporting-mta", "")),
        envelope_id=message.get("original-envelope-id", "")[:200],
    )


def _address(value: str) -> str | None:
    """The address of `rfc822; <somebody@example.com>`; None where the field names something else."""
    kind, semicolon, after = value[:600].partition(";")
    bare = after if semicolon else kind
    if "@" not in bare:
        bare = _XTEXT.sub(lambda found: chr(int(found[1], 16)), bare)  # RFC 3461 §4: ORCPT travels as xtext
    return addresses.first(bare)


def _host(value: str) -> str:
    return (value.partition(";")[2] or value).strip().strip("<>")[:255]
