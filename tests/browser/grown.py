"""A club in the middle of its life: an issue sent, a copy refused, one in doubt, one come back, one person late to pay."""

import email
import email.policy
from dataclasses import replace
from datetime import date

from mailer.domain.bounce import RawReport, Way
from mailer.domain.mailing import MailingState
from mailer.domain.membership import Pause
from mailer.pipeline.bounces.holds import hold_by_hand
from mailer.pipeline.bounces.ingest import ingest
from mailer.pipeline.bounces.preferences import pause_for
from mailer.pipeline.mailings.report import issue_progress
from tests.browser.service import PATIENCE, Service
from tests.club import ISSUE, Member, begin, members, pay
from tests.made_up_bounces import LAYOUTS
from tests.servers import wait_until

LATE, REFUSED, DOUBTFUL, RETURNED, PAUSED, HELD = 9, 2, 3, 4, 5, 6
PEOPLE: list[Member] = [*members(8), *members(1, first=LATE, paid=0)]
SCHEDULE = {
    "newsletter": {"languages": ["en", "ru"]},
    "send": {"undo_minutes": 0},
    "approval": {"required": True, "editors": ["editor@club.example"]},
}


def grow(service: Service) -> None:
    """Send the issue, and let happen what happens to issues."""
    address = {number: PEOPLE[number - 1].email for number in range(1, 10)}
    service.relay.refuses[address[REFUSED]] = "550 5.1.1 no such user here"
    service.relay.loses_answer_for.add(address[DOUBTFUL])
    with service.opened() as app:
        begin(app)
        for number in range(1, 9):
            if number != REFUSED:
                service.waits_for_letter(address[number])
        wait_until(
            lambda: issue_progress(app.context, ISSUE).state is MailingState.CLOSED, "it is not closed", PATIENCE
        )
        mail = RawReport(content=_bounce(service, address[RETURNED]), recipient="", way=Way.FILE)
        ingest(app.context, [mail])
        hold_by_hand(app.context, address[HELD], "she has asked us to wait")
        pause_for(app.context, PEOPLE[PAUSED - 1].person, Pause(first=date(2018, 8, 1)))
        pay(app, replace(PEOPLE[LATE - 1], paid=50000))


def _bounce(service: Service, address: str) -> bytes:
    """The mail in which another server says that the copy for this address did not arrive."""
    copy = email.message_from_bytes(service.relay.letters(address)[-1], policy=email.policy.default)
    original = (
        f"From: letter@club.example\nTo: {address}\nMessage-ID: {copy['Message-ID']}\nSubject: {copy['Subject']}\n"
    )
    sender, subject, text = LAYOUTS["postfix"]
    reply = f"550 5.1.1 <{address}>: Recipient address rejected: User unknown"
    filled = text.format(r=reply, w=address, o=original, c="550", t=reply)
    return f"Return-Path: <>\nFrom: {sender}\nTo: letter@club.example\nSubject: {subject}\n\n{filled}\n".encode()
