"""A person settles many uncertain copies at once, with the relay's log, or by word alone."""

from datetime import timedelta
from pathlib import Path

import pytest

from mailer.app.installation import App
from mailer.app.relay_log import read_logs
from mailer.domain.errors import Refused
from mailer.domain.mailing import MailingState
from mailer.domain.settlement import SettleAs
from mailer.pipeline.mailings.pause import cancel_mailing, resume_mailing
from mailer.pipeline.mailings.settle import review_settlement, settle_together
from mailer.views.settlement import settlement_document, settlement_lines, settlement_question
from tests.club import ISSUE, THURSDAY, begin, copies, members, states
from tests.pipeline.relayed import LOST, deliver, the_mailings

PEOPLE = members(6)


def uncertain(app: App, number: int = 3) -> list[int]:
    """The first so many copies are uncertain, the others accepted; returns the uncertain ones."""
    begin(app, PEOPLE)
    deliver(app, {person.email: LOST for person in PEOPLE[:number]})
    return [copy.id for copy in copies(app).values() if copy.state == "uncertain"]


def a_log(app: App, folder: Path, persons: list[str], *, minutes: int = 0) -> Path:
    """A log of Postfix, written when the copies left or some minutes later, that shows these people's copies as accepted."""
    at = (THURSDAY + timedelta(minutes=minutes)).isoformat()
    lines = []
    for number, person in enumerate(persons):
        queue, message_id = f"{number:X}ABC1", copies(app)[person].message_id
        lines += [
            f"{at} mail postfix/cleanup[1]: {queue}: message-id={message_id}",
            f"{at} mail postfix/qmgr[1]: {queue}: from=<letter@club.example>, size=100, nrcpt=1 (queue active)",
        ]
    (folder / "mail.log").write_text("\n".join(lines) + "\n")
    return folder / "mail.log"


def test_all_of_an_issue_go_once_more(app: App) -> None:
    ids = uncertain(app)
    review = review_settlement(app.context, ISSUE, SettleAs.RESEND, None)
    assert "3 copies go out once more and may have arrived" in settlement_question(review)
    assert states(app) == {"accepted": 3, "uncertain": 3}
    settlement = settle_together(app.context, ISSUE, SettleAs.RESEND, None)
    assert settlement_document(settlement) == {"accepted": [], "resend": ids, "uncertain": [], "in_log": 0}
    assert settlement_lines(settlement) == ["3 copies settled as resend"]
    assert the_mailings(app)[0].state is MailingState.SENDING
    deliver(app)
    assert states(app) == {"accepted": 6}


def test_the_log_says_which_arrived_and_the_others_go_once_more(app: App, tmp_path: Path) -> None:
    uncertain(app)
    logs = read_logs([a_log(app, tmp_path, ["P001", "P003", "P006"])], THURSDAY)
    settlement = settle_together(app.context, ISSUE, SettleAs.RESEND, logs)
    assert [copy.person for copy in settlement.accepted] == ["P001", "P003"]
    assert settlement_lines(settlement)[0] == "2 copies settled as accepted, 2 of them by the relay's log"
    assert deliver(app) == [PEOPLE[1].email]


def test_without_a_word_about_the_others_they_stay_uncertain_and_are_named(app: App, tmp_path: Path) -> None:
    uncertain(app)
    logs = read_logs([a_log(app, tmp_path, ["P001"])], THURSDAY)
    settlement = settle_together(app.context, ISSUE, None, logs)
    assert states(app) == {"accepted": 4, "uncertain": 2}
    assert "P002 Reader002" in settlement_lines(settlement)[-1]
    assert "2 copies stay uncertain" in settlement_question(settlement)


def test_a_log_that_lacks_accepted_copies_is_not_whole(app: App, tmp_path: Path) -> None:
    uncertain(app)
    half = read_logs([a_log(app, tmp_path, ["P001", "P006"])], THURSDAY)
    question = settlement_question(review_settlement(app.context, ISSUE, SettleAs.RESEND, half))
    assert "The log is not whole: it lacks 2 of the 3 copies that the relay accepted about that time." in question
    whole = read_logs([a_log(app, tmp_path, ["P001", "P004", "P005", "P006"])], THURSDAY)
    assert "not whole" not in settlement_question(review_settlement(app.context, ISSUE, SettleAs.RESEND, whole))
    (tmp_path / "list").write_text(f"{copies(app)['P001'].message_id}\n")
    few = read_logs([tmp_path / "list"], THURSDAY)
    assert "not whole" not in settlement_question(review_settlement(app.context, ISSUE, SettleAs.RESEND, few))
    assert "not whole" in settlement_lines(settle_together(app.context, ISSUE, SettleAs.RESEND, half))[-1]


def test_single_copies_are_settled_together_or_not_at_all(app: App) -> None:
    ids = uncertain(app)
    with pytest.raises(Refused, match="not uncertain: there is nothing to settle"):
        settle_together(app.context, [*ids, copies(app)["P006"].id], SettleAs.ACCEPTED, None)
    assert states(app) == {"accepted": 3, "uncertain": 3}
    settle_together(app.context, ids[:2], SettleAs.ACCEPTED, None)
    assert states(app) == {"accepted": 5, "uncertain": 1}


def test_a_log_of_another_time_sends_nothing_again(app: App, tmp_path: Path) -> None:
    uncertain(app)
    logs = read_logs([a_log(app, tmp_path, ["P006"], minutes=-24 * 60)], THURSDAY)
    with pytest.raises(Refused, match=r"mail.log reaches from .* but delivery 1 was handed over .* \(3 such copies\)"):
        review_settlement(app.context, ISSUE, SettleAs.RESEND, logs)
    settle_together(app.context, ISSUE, SettleAs.ACCEPTED, logs)
    assert states(app) == {"accepted": 6}


def test_a_log_without_a_message_of_the_issue_sends_nothing_again(app: App, tmp_path: Path) -> None:
    uncertain(app)
    (tmp_path / "list").write_text("<other@club.example>\n")
    with pytest.raises(Refused, match=f"the log shows no message of {ISSUE}"):
        settle_together(app.context, ISSUE, SettleAs.RESEND, read_logs([tmp_path / "list"], THURSDAY))
    assert states(app) == {"accepted": 3, "uncertain": 3}


def test_where_nothing_is_uncertain_there_is_nothing_to_settle(app: App) -> None:
    begin(app, PEOPLE)
    deliver(app)
    with pytest.raises(Refused, match=r"no copy of .* is uncertain"):
        review_settlement(app.context, ISSUE, SettleAs.RESEND, None)


def test_a_mailing_paused_for_lost_answers_sends_them_once_it_is_resumed(app: App) -> None:
    uncertain(app, 5)
    assert the_mailings(app)[0].state is MailingState.PAUSED
    settlement = settle_together(app.context, ISSUE, SettleAs.RESEND, None)
    assert settlement_lines(settlement)[-1] == f"{ISSUE} is paused: `mailer resume {ISSUE}` lets them go"
    assert deliver(app) == []
    resume_mailing(app.context, ISSUE)
    assert deliver(app) == [person.email for person in PEOPLE[:5]]
    assert states(app) == {"accepted": 6}


def test_a_cancelled_mailing_sends_nothing_again(app: App) -> None:
    uncertain(app, 5)
    cancel_mailing(app.context, ISSUE)
    settle_together(app.context, ISSUE, SettleAs.RESEND, None)
    assert states(app) == {"accepted": 1, "cancelled": 5}
