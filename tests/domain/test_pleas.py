"""A plea is one provider's only where others accept; a refusal repeated for unrelated readers is the relay's."""

import pytest

from mailer.domain.delivery import Reply
from mailer.domain.pleas import PleaOwner, Repetition, alike


def reply(text, code=451, status="4.3.0"):
    return Reply(code=code, status=status, text=text)


def test_a_plea_is_the_providers_while_three_others_accept():
    owner = PleaOwner()
    for family in ("a.example", "b.example", "c.example"):
        owner.accepted(family, 10.0)
    assert owner.is_providers("gmail.com", 11.0)
    assert owner.is_providers("gmail.com", 12.0)
    assert not owner.is_providers("b.example", 13.0)  # two ask: it is the relay
    assert not owner.is_providers("gmail.com", 14.0)


def test_a_plea_is_the_relays_where_nothing_was_accepted_lately():
    owner = PleaOwner()
    for family in ("a.example", "b.example", "gmail.com"):
        owner.accepted(family, 10.0)
    assert owner.is_providers("gmail.com", 11.0)  # the first: others will show it
    assert not owner.is_providers("gmail.com", 12.0)
    owner.accepted("c.example", 10.0)
    assert owner.is_providers("gmail.com", 13.0)


def refused(repetition, number, text, *, at=0.0, slow=False, family=None):
    return repetition.refused(number, family or f"{number}.example", reply(text), at, slow=slow)


def in_trouble():
    repetition = Repetition()
    answers = [refused(repetition, number, "queue full") for number in (1, 2, 3)]
    assert answers == [None, None, [1, 2, 3]]
    return repetition


def test_the_third_unrelated_reader_shows_the_relays_trouble():
    repetition = Repetition()
    assert refused(repetition, 1, "queue <1@a.example> full 17", family="a.example") is None
    assert refused(repetition, 2, "queue <2@a.example> full 18", family="a.example") is None
    assert refused(repetition, 3, "queue <3@b.example> full 19", family="b.example") is None
    assert refused(repetition, 4, "queue full", family="c.example") == [1, 2, 3, 4]
    assert refused(repetition, 5, "queue full", slow=True) == [5]
    repetition.accepted(1.0)
    assert refused(repetition, 6, "queue full") is None


def test_an_accepted_copy_or_another_reply_ends_the_row():
    repetition = Repetition()
    for number in range(4):
        assert refused(repetition, number, "mailbox busy") is None
        repetition.accepted(0.0)
    assert refused(repetition, 8, "mailbox busy") is None
    assert refused(repetition, 9, "another") is None
    assert refused(repetition, 10, "mailbox busy") is None


def test_while_the_relay_is_slow_for_its_trouble_the_same_words_excuse_everybody():
    repetition = in_trouble()
    for number in range(4, 30):
        repetition.accepted(1.0)
        assert refused(repetition, number, "queue full", slow=True) == [number]
    assert refused(repetition, 40, "mailbox busy", slow=True) is None


def test_what_was_refused_as_the_trouble_began_is_excused_too():
    repetition = Repetition()
    assert refused(repetition, 1, "queue full") is None
    repetition.accepted(0.5)
    answers = [refused(repetition, number, "queue full", at=1.0) for number in (2, 3, 4)]
    assert answers == [None, None, [1, 2, 3, 4]]


def test_a_copy_that_is_refused_while_others_are_accepted_is_judged_in_the_end():
    repetition = in_trouble()
    for number in range(4, 10):
        refused(repetition, number, "queue full", slow=True)
    for _ in range(2):
        repetition.accepted(1.0)
        assert refused(repetition, 3, "queue full", slow=True) == [3]
    repetition.accepted(1.0)
    assert refused(repetition, 3, "queue full", slow=True) is None


def test_the_last_copies_of_a_mailing_with_a_dead_domain_each_excuse_each_other_never():
    repetition = Repetition()
    for number in (1, 2, 3):
        assert refused(repetition, number, "domain not found") is None
        repetition.accepted(0.0)
    for _ in range(5):
        assert [refused(repetition, number, "domain not found", at=900.0) for number in (1, 2, 3)] == [None] * 3


def test_no_trouble_excuses_for_ever():
    repetition = in_trouble()
    answers = [refused(repetition, number, "queue full", slow=True) for _ in range(60) for number in (1, 2, 3)]
    assert answers[:100] == [[1], [2], [3]] * 33 + [[1]]
    assert answers[-3:] == [None] * 3


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("<a@b.example>: Recipient address rejected", "<c@d.example>: Recipient address rejected"),
        ("Too much mail [id 4F2B31]", "too much  mail [id 77AA02]"),
        ("mx1.example.org said no", "mail.example.net said no"),
    ],
)
def test_replies_are_alike_without_their_particulars(first, second):
    assert alike(reply(first)) == alike(reply(second))


def test_other_words_or_codes_are_not_alike():
    assert alike(reply("no")) != alike(reply("yes"))
    assert alike(reply("no")) != alike(reply("no", code=452))
