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


def test_the_third_unrelated_reader_shows_the_relays_trouble():
    repetition = Repetition()
    assert repetition.refused(1, "a.example", reply("queue <1@a.example> full 17")) is None
    assert repetition.refused(2, "a.example", reply("queue <2@a.example> full 18")) is None
    assert repetition.refused(3, "b.example", reply("queue <3@b.example> full 19")) is None
    assert repetition.refused(4, "c.example", reply("queue full")) == [1, 2, 3, 4]
    assert repetition.refused(5, "d.example", reply("queue full")) == [5]
    repetition.accepted()
    assert repetition.refused(6, "a.example", reply("queue full")) is None


def test_an_accepted_copy_or_another_reply_ends_the_row():
    repetition = Repetition()
    for number, family in enumerate(["a.example", "b.example", "c.example", "d.example"]):
        assert repetition.refused(number, family, reply("mailbox busy")) is None
        repetition.accepted()
    assert repetition.refused(8, "e.example", reply("mailbox busy")) is None
    assert repetition.refused(9, "f.example", reply("another")) is None
    assert repetition.refused(10, "g.example", reply("mailbox busy")) is None


def test_a_copy_is_excused_once():
    repetition = Repetition()
    answers = [repetition.refused(number, f"{number}.example", reply("no such domain")) for number in (1, 2, 3)]
    assert answers == [None, None, [1, 2, 3]]
    assert [repetition.refused(number, f"{number}.example", reply("no such domain")) for number in (1, 2, 3)] == [
        None
    ] * 3


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
