"""What each answer of a relay means for the copy it is about, in one table."""

import pytest

from mailer.domain.bounce import Phase
from mailer.domain.delivery import Accepted, Deferred, Outcome, Rejected, Reply, Unknown
from mailer.domain.ports import Envelope
from mailer.gateways.smtp import outcomes
from mailer.gateways.smtp.events import CommandRefused, ContentReplied, Verb
from tests.gateways.relays import ANNA, Letter

PARCEL = Letter(ANNA)


@pytest.mark.parametrize(
    ("verb", "code", "text", "kind", "detail"),
    [
        (Verb.MAIL, 451, "4.3.0 Later", Deferred, "the relay refused our sender address"),
        (Verb.MAIL, 552, "Too big", Rejected, "the relay refused our sender address"),
        (Verb.MAIL, 554, "5.3.4 Too big", Rejected, "the relay refused our sender address"),
        (Verb.RCPT, 450, "4.2.1 Later", Deferred, "the relay refused the recipient's address"),
        (Verb.RCPT, 550, "5.1.1 Nobody", Rejected, "the relay refused the recipient's address"),
        (Verb.RCPT, 550, "5.7.1 mx says: relay access denied", Rejected, "the relay refused the recipient's address"),
        (
            Verb.RCPT,
            554,
            "5.7.1 <a@b.example>: Recipient address rejected: no",
            Rejected,
            "the relay refused the recipient's address",
        ),
        (Verb.RCPT, 450, "4.7.1 Relay access denied", Deferred, "the relay refused the recipient's address"),
        (Verb.DATA, 451, "4.3.0 Later", Deferred, "the relay refused to be given the message"),
        (Verb.DATA, 554, "5.5.1 No", Rejected, "the relay refused to be given the message"),
    ],
)
def test_a_refusal_about_the_copy(verb: Verb, code: int, text: str, kind: type[Outcome], detail: str) -> None:
    outcome = outcomes.of_refusal(CommandRefused(PARCEL, verb, code, text), "TLSv1.3")
    assert isinstance(outcome, kind)
    assert (outcome.detail, outcome.tls_version) == (detail, "TLSv1.3")
    assert outcome.reply is not None
    assert outcome.reply.code == code


@pytest.mark.parametrize(
    ("verb", "code", "phase", "detail"),
    [
        (Verb.MAIL, 550, Phase.MAIL, "the relay refused our sender address"),
        (Verb.RCPT, 554, Phase.RCPT, "the relay refused the recipient's address"),
        (Verb.DATA, 530, Phase.DATA, "it wants a login or TLS first; check username, password_file and security"),
        (Verb.RCPT, 538, Phase.RCPT, "it wants TLS before a login; check security"),
    ],
)
def test_a_refusal_says_to_what_it_was_the_reply_and_what_to_check(
    verb: Verb, code: int, phase: Phase, detail: str
) -> None:
    outcome = outcomes.of_refusal(CommandRefused(PARCEL, verb, code, "no"), "")
    assert (type(outcome), outcome.phase, outcome.detail) == (Rejected, phase, detail)


@pytest.mark.parametrize(
    ("code", "kind"),
    [(250, Accepted), (200, Accepted), (421, Deferred), (452, Deferred), (550, Rejected), (530, Rejected)],
)
def test_the_answer_to_the_content(code: int, kind: type[Outcome]) -> None:
    outcome = outcomes.of_reply(ContentReplied(PARCEL, code, "words"), "TLSv1.2")
    assert isinstance(outcome, kind)
    assert (outcome.reply, outcome.tls_version) == (Reply(code=code, text="words"), "TLSv1.2")


def test_an_answer_that_cannot_be_trusted_is_a_lost_one() -> None:
    outcome = outcomes.of_reply(ContentReplied(PARCEL, None, "they do not fit"), "TLSv1.3")
    assert outcome == Unknown(
        reply=None, tls_version="TLSv1.3", detail="the reply to the content was lost: they do not fit"
    )


@pytest.mark.parametrize("sender", ["bulletin@club.example", "büro@club.example"])
@pytest.mark.parametrize("recipient", ["anna@members.example", "zoë@members.example"])
def test_an_address_with_other_letters_needs_a_relay_that_can(sender: str, recipient: str) -> None:
    envelope = Envelope(sender=sender, recipient=recipient)
    plain = sender.isascii() and recipient.isascii()
    assert outcomes.cannot_carry(envelope, frozenset({"smtputf8", "8bitmime"}), "") is None
    for announced, lacking in [((), "8BITMIME and SMTPUTF8"), (["smtputf8"], "8BITMIME"), (["8bitmime"], "SMTPUTF8")]:
        refused = outcomes.cannot_carry(envelope, frozenset(announced), "TLSv1.3")
        assert (refused is None) == plain
        if refused is not None:
            assert refused.reply == Reply(
                code=553, status="5.6.7", text=f"the relay does not announce {lacking}, needed for this address"
            )
