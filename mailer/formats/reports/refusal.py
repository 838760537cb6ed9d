"""Judges a refusal: first by the server's own words, then by the words around them, last by the rest of the page.

What a report shows of our own message is no reason: its title, and the footer that a scanner put below the page.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from mailer.domain.bounce import SCOPES, FailureReason, Scope, Verdict
from mailer.formats.reports import addresses
from mailer.formats.reports.classify import classify, find_rule, reason_of_status
from mailer.formats.reports.footers import without_footers
from mailer.formats.reports.own_title import FIELD, REASON, hide_in
from mailer.formats.reports.smtp_reply import QuotedReply, find_reply

MAX_PAGE = 6000  # characters of the page that are read
MAX_ABOUT = 1000  # and of its lines about one recipient
_PROGRAM_WORDS = re.compile(r"was automatically rejected:?\s{1,4}(\S[^\n]{2,200})", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a report says about one recipient."""

    reply: QuotedReply
    fields: Sequence[str] = ()  # the texts of fields for machines
    about: str = ""  # the lines of the page about the recipient
    page: str = ""  # the whole page, if it is about no one else
    recipient: str = ""
    ours: Sequence[str] = ()  # the addresses of the sender, about which a server may speak too
    title: str = ""
    in_fields: bool = False  # the status is that of fields for machines, which outweigh the page

    def judge(self) -> Verdict:
        """The reason, and whether the address is dead for good."""
        words = self._words()
        verdict = classify(self.reply.code, self.reply.status, words, self.reply.phase)
        if verdict.scope is Scope.ADDRESS and self._is_about_us(words):
            return Verdict(
                reason=FailureReason.SENDER_REFUSED, hard=False, rule=f"about our own address: {verdict.rule}"
            )
        if verdict.hard and not self.in_fields and (stated := self._stated_otherwise()):
            return classify(self.reply.code, self.reply.status, stated, self.reply.phase)
        return verdict

    def _stated_otherwise(self) -> str:
        """What the page states as the reason, with a label, if it is not that the address is dead."""
        fields = FIELD.finditer(self.page[:MAX_PAGE]) if self.page else ()
        stated = (field["value"] for field in fields if REASON.search(field["label"].lower()))
        return next((words for words in stated if _is_specific(words) and not _is_about_address(words)), "")

    def _words(self) -> str:
        """The words that tell most, in the order of trust; empty if the status tells more than any."""
        if self.page and (program := _PROGRAM_WORDS.search(self.page[:3000])) and _is_specific(program[1]):
            return program[1]  # the words of the mailbox's own program outweigh the code of its server
        fields = [hide_in(self._mask(text), self.title) for text in self.fields if text.strip()]
        about = self._mask(self.about[:MAX_ABOUT])
        if words := _telling(fields) or _telling_reply(about):
            return words
        if self.in_fields and reason_of_status(self.reply.status):
            return next(iter(fields), "")
        page = self._mask(self.page[:MAX_PAGE])
        texts = [text for text in (*fields, about, page) if text]
        return _telling([about]) or _telling([page]) or next(filter(find_rule, texts), next(iter(texts), ""))

    def _mask(self, text: str) -> str:
        """The text without footers and the recipient's address, whose letters might look like a reason."""
        if not text:
            return ""
        text = without_footers(text)
        text = text.replace(self.recipient or "\0", "<x@y>")
        if self.recipient and self.recipient.lower() in text.lower():
            text = re.sub(re.escape(self.recipient), "<x@y>", text, flags=re.IGNORECASE)
        return text

    def _is_about_us(self, words: str) -> bool:
        """Whether the server's own words name an address of our organisation, and not the recipient's."""
        reply = find_reply(words).words or words
        if "<x@y>" in reply or not self.ours or addresses.contains(self.ours, self.recipient):
            return False
        theirs = self.recipient.rpartition("@")[2].lower()
        domains = {address.rpartition("@")[2].lower() for address in self.ours} - {theirs}
        named = [address.rpartition("@")[2] for address in addresses.find(reply, limit=5)]
        is_named = any(_is_below(name, domain) or _is_below(domain, name) for name in named for domain in domains)
        return is_named or (theirs not in reply and any(domain in reply for domain in domains if domain))


def _is_below(name: str, domain: str) -> bool:
    return f".{name}".lower().endswith(f".{domain}".lower())


def _telling(texts: Sequence[str]) -> str:
    """The words of these texts that give a reason for certain; empty if none does.

    The servers' replies in them come first: around a reply stand the words of a server that only passes it on.
    """
    replies = (words for text in texts if (words := _telling_reply(text)))
    unavailable = (words for text in texts if _is_about_address(words := find_reply(text).words))
    return next(replies, "") or next(unavailable, "") or next(filter(_is_specific, texts), "")


def _telling_reply(text: str) -> str:
    """The reply in this text if it gives a reason, in its words or by its status."""
    reply = find_reply(text)
    return reply.words if _is_specific(reply.words) or reason_of_status(reply.status) else ""


def _is_specific(words: str) -> bool:
    rule = find_rule(words)
    return rule is not None and not rule.vague


def _is_about_address(words: str) -> bool:
    rule = find_rule(words)
    return rule is not None and SCOPES[rule.reason] is Scope.ADDRESS
