"""Reads the fields of a delivery status report (RFC 3464), in its own MIME part or in plain text."""

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
_KNOWN_FIELDS = _MESSAGE_FIELDS | _RECIPIENT_FIELDS | _OTHER_FIELDS
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_XTEXT = re.compile(r"\+([0-9A-F]{2})")
_INLINE = re.compile(r"^[ \t]{0,8}(?:Final-Recipient|Original-Recipient)[ \t]*:", re.IGNORECASE | re.MULTILINE)
_REJECTED = re.compile(
    r"automatic-action/.{0,60};\s*(?:deleted|denied|failed|rejected|processed/error|dispatched/error)"
)
_MAX_LINES = 2000  # read of one report
_MAX_RECIPIENTS = 200  # read from one report


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientStatus:
    """The fields for one recipient and for the whole message, unfolded; empty where the report has none."""

    final_recipient: str | None = None
    original_recipient: str | None = None
    action: str = ""
    status: str | None = None
    status_text: str = ""  # in parentheses after the code
    diagnostic: str = ""
    remote_mta: str = ""
    reporting_mta: str = ""
    envelope_id: str = ""
    accepted: bool = False  # the server took the message and refused it afterwards

    @property
    def address(self) -> str | None:
        """The address that failed."""
        return self.final_recipient or self.original_recipient


def read_part(text: str) -> list[RecipientStatus]:
    """Every recipient in a delivery-status part."""
    return _recipients(_groups(text.split("\n")[:_MAX_LINES]))


def read_rejection(text: str) -> list[RecipientStatus]:
    """The recipient whose program deleted a message unread (RFC 8098), which is how Dovecot and Sieve reject one."""
    fields = {key: value for group in _groups(text.split("\n")[:_MAX_LINES]) for key, value in group.items()}
    address = _address(fields.get("final-recipient", "")) or _address(fields.get("original-recipient", ""))
    if address is None or not _REJECTED.search(fields.get("disposition", "")[:200].lower()):
        return []
    return [RecipientStatus(final_recipient=address, action="failed", accepted=True)]


def read_inline(text: str) -> list[RecipientStatus]:
    """Every recipient in RFC 3464 fields within plain text."""
    if not _INLINE.search(text):
        return []
    groups = [
        {key: value for key, value in group.items() if key in _KNOWN_FIELDS} for group in _groups(text.split("\n"))
    ]
    recipients = _recipients([group for group in groups if group])
    return [recipient for recipient in recipients if recipient.address and recipient.action]


def _groups(lines: list[str]) -> list[dict[str, str]]:
    """The fields, group by group: a blank line or a repeated Final-Recipient begins a new group."""
    groups: list[dict[str, str]] = [{}]
    last = ""
    for line in lines:
        if not line.strip():
            groups.append({})
            last = ""
        elif (field := _FIELD.match(line.lstrip())) and (
            not last or line[0] not in " \t" or field[1].lower() in _KNOWN_FIELDS
        ):
            last = field[1].lower()
            if last == "final-recipient" and last in groups[-1]:
                groups.append({})
            groups[-1].setdefault(last, field[2].strip())
        elif last and len(groups[-1][last]) < 4000:
            # A continuation line, with or without the blank that folding needs.
            groups[-1][last] += " " + line.strip()
    return [group for group in groups if group]


def _recipients(groups: list[dict[str, str]]) -> list[RecipientStatus]:
    message: dict[str, str] = {}
    records: list[dict[str, str]] = []
    for group in groups:
        for key in _MESSAGE_FIELDS & group.keys():
            message.setdefault(key, group[key])
        fields = {key: value for key, value in group.items() if key not in _MESSAGE_FIELDS}
        has_name = bool(_RECIPIENT_FIELDS & fields.keys())
        has_outcome = bool({"action", "status", "diagnostic-code"} & fields.keys())
        if has_name and records and not _RECIPIENT_FIELDS & records[-1].keys():
            records[-1] |= fields  # action and status stand before a blank line, the recipient after it
        elif has_name or ("action" in fields and (not records or "action" in records[-1])):
            records.append(fields)
        elif has_outcome and records:
            records[-1] = fields | records[-1]
    return [_recipient(record, message) for record in records[:_MAX_RECIPIENTS]]


def _recipient(record: dict[str, str], message: dict[str, str]) -> RecipientStatus:
    final = _address(record.get("final-recipient", ""))
    original = _address(record.get("original-recipient", ""))
    status = _STATUS.search(record.get("status", "")[:200])
    return RecipientStatus(
        final_recipient=final or (_address(record.get("x-actual-recipient", "")) if not original else None),
        original_recipient=original,
        action=record.get("action", "").partition(" ")[0].strip("();,").lower(),
        status=status[1] if status else None,
        status_text=record.get("status", "")[:300].partition("(")[2].rstrip(") "),
        diagnostic=" ".join(record.get("diagnostic-code", "")[:4000].split()),
        remote_mta=_host(record.get("remote-mta", "")),
        reporting_mta=_host(message.get("reporting-mta", "")),
        envelope_id=message.get("original-envelope-id", "")[:200],
    )


def _address(value: str) -> str | None:
    """The address in `rfc822; <anna@example.com>`; None if the field holds something else."""
    kind, semicolon, after = value[:600].partition(";")
    bare = after if semicolon else kind
    if "@" not in bare:
        bare = _XTEXT.sub(lambda code: chr(int(code[1], 16)), bare)  # RFC 3461 §4: ORCPT is in xtext
    return addresses.in_field(bare)


def _host(value: str) -> str:
    return (value.partition(";")[2] or value).strip().strip("<>")[:255]
