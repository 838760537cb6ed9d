"""`why` tells what became of a copy first, then the decision in a sentence with dates and sums, and no rule's number."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest

from mailer.domain.circulation import ADDRESS_CHANGED, Decision
from mailer.domain.delivery import State
from mailer.domain.entitlement import EntitlementReason
from mailer.domain.explanation import CopyFate
from mailer.views.answer import why_of_page
from mailer.views.copies import release
from mailer.views.entitlement import decision_sentence
from mailer.views.fate import fate_sentence
from mailer.views.plain_words import held_back, held_copy
from mailer.views.why import why_document, why_lines
from tests.explained import BACK, CASES, FATES, PAID, ZONE, every_case, explained, fate

NAME = "russia-confidential/253"
HEAD = "P004 Peter Novak"


def test_every_reason_and_every_state_has_its_sentence() -> None:
    assert {reason for reason, _ in CASES.values()} == set(EntitlementReason)
    assert {one.copy.state for one in FATES.values()} == set(State)
    for name, (reason, case) in CASES.items():
        explanation = explained(case)
        assert explanation.now.entitlement.reason is reason, name
        assert decision_sentence(explanation)
    sentences = {name: fate_sentence(NAME, one, ZONE) for name, one in FATES.items()}
    assert sentences.pop("in a supplement") == sentences["accepted"]
    assert len(set(sentences.values())) == len(sentences)


def test_no_sentence_has_a_rules_number_an_empty_place_or_an_enums_name() -> None:
    for name, explanation in every_case():
        said = "\n".join(why_lines(explanation))
        assert not re.search(r"\brule\b|\bNone\b|_|  +\S+  |\(\)|: ;|“”", said.replace("\n  ", "\n")), (name, said)
        assert "of 9 July 2026" in said, name


def test_the_copy_comes_first_and_one_that_failed_is_never_said_to_be_received() -> None:
    for name, explanation in every_case():
        head, *lines = why_lines(explanation)
        if explanation.fates:
            assert head == f"{HEAD}, {NAME} of 9 July 2026:"
            assert lines[0].startswith("  copy No. 7 (en"), name
            assert not re.search(r"\breceives\b", "\n".join([head, *lines])), name
        else:
            assert ("does not receive" in head) is not explanation.now.entitlement.receives


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("paid", "paid for 2026"),
        ("underpaid", "20 000 of 50 000 RUB for 2026; 30 000 are missing"),
        ("in another currency", "500 EUR for 2026, but the fee is 50 000 RUB"),
        ("grace", "the paid time ended on 30 June 2026, 9 days before, which the days of grace allow"),
        ("no address, paid", "the register has no e-mail address, though the fee is paid"),
        ("unsubscribed", "the reader wants no more, and gets no issue from 1 May 2026 on"),
    ],
)
def test_the_decision_names_dates_and_sums(name: str, sentence: str) -> None:
    assert decision_sentence(explained(CASES[name][1])) == sentence


def test_a_copy_that_came_back_says_when_and_why_and_what_to_do() -> None:
    [_, copy, register] = why_lines(explained(PAID, FATES["came back"]))[:3]
    assert copy == (
        "  copy No. 7 (en) to petr@members.example was accepted by the mail server on Thursday 9 July 2026, 14:02 Moscow "
        "time (Europe/Moscow), came back at 16:10: the address does not exist (“550 5.1.1 no such user”); correct the "
        f"address in the register, then `mailer unsent {NAME} --send`"
    )
    assert register == "  by the register now, entitled to it: paid for 2026"


def test_two_languages_have_each_their_own_fate() -> None:
    lines = why_lines(explained(PAID, FATES["accepted"], fate(State.BOUNCED, "ru", 8)))
    assert ["came back" in line for line in lines[1:3]] == [False, True]
    assert lines[2].startswith("  copy No. 8 (ru) ")


@pytest.mark.parametrize("one", FATES.values(), ids=FATES)
def test_a_copy_that_another_replaces_asks_for_nothing(one: CopyFate) -> None:
    if one.copy.state in {State.BOUNCED, State.REJECTED, State.HELD}:
        assert fate_sentence(NAME, replace(one, replaced=True), ZONE).endswith("; a later copy takes its place")


def test_what_was_planned_is_said_where_the_register_says_otherwise_now() -> None:
    planned = Decision(
        person="P004", decision="excluded", reason="unpaid", rule=9, evidence=(), editions=(), paid_until=None
    )
    assert why_lines(replace(explained(PAID), frozen=planned)) == [
        (
            f"{HEAD} has no copy of {NAME} of 9 July 2026, and is entitled to it now: paid for 2026; "
            f"`mailer unsent {NAME}` lists who is still owed a copy"
        ),
        "  when it was planned, not entitled to it: nothing is paid for the issue’s date",
    ]
    same = replace(planned, decision="recipient", reason="paid", editions=("en",))
    assert why_lines(replace(explained(PAID, FATES["accepted"]), frozen=same))[2:] == [
        "  by the register now, entitled to it: paid for 2026"
    ]


def test_the_document_keeps_the_rule_and_has_the_sum_and_each_copys_fate() -> None:
    document = why_document(explained(CASES["underpaid"][1], FATES["came back"]))
    assert (document["rule"], document["reason"], document["name"]) == (8, "underpaid", "Peter Novak")
    [missing] = document["missing"]
    assert (missing["missing"], missing["fee"], missing["currency"]) == (Decimal(30000), Decimal(50000), "RUB")
    [copy] = document["copies"]
    assert (copy["state"], copy["failed_at"], copy["failure"]) == ("bounced", BACK, "user_unknown")
    assert copy["words"] == "550 5.1.1 no such user"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_copy_in_a_language_that_its_reader_has_dropped_is_not_called_without_edition(language):
    assert held_copy("no_edition", language) != held_back("no_edition", language)
    assert held_copy("paused", language) == held_back("paused", language)


def test_a_copy_held_for_its_address_goes_to_the_new_one():
    changed = replace(FATES["held, unpaid"].copy, held_reason=ADDRESS_CHANGED)
    assert release(changed) == f"`mailer delivery release {changed.id}` sends it there"
    assert release(replace(changed, held_reason="paused")).endswith(" lets it go when that is mended")


LATIN = re.compile(r"[a-z]{3,}")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_page_says_why_in_its_language_and_names_no_command(language: str) -> None:
    for name, explanation in every_case():
        said = "\n".join(why_of_page(explanation, language))
        assert not re.search(r"`|\bNone\b|_|\(\)|: ;|“”|\{", said), (name, said)
        assert HEAD in said
        if language == "ru":
            own = said.replace(HEAD, "").replace(NAME, "")
            own = re.sub(r"“.*?”|«.*?»|\S+@\S+|\((en|ru)[^)]*\)", "", own)
            assert not LATIN.search(own), (name, said)
        elif not explanation.fates:
            assert said.splitlines()[0].startswith(
                why_lines(explanation)[0].partition("; `")[0].partition("; it is")[0]
            )
