"""A service proves to be this installation's to who has its key, and to no one else."""

from pathlib import Path

import pytest

from mailer.formats.recognition import MOST_PROOFS, answer, is_answered, question
from mailer.formats.token import Keyring

OLD, NEW, OTHER = (bytes([number]) * 32 for number in (1, 2, 3))
HERE = Path("/srv/club")


def ring(*keys: bytes) -> Keyring:
    return Keyring(keys=keys)


@pytest.mark.parametrize(
    ("asking", "asked"),
    [((OLD,), (OLD,)), ((NEW, OLD), (OLD,)), ((OLD,), (NEW, OLD)), ((NEW, OLD), (NEW, OLD))],
)
def test_the_same_installation_knows_itself_also_while_a_key_is_changed(asking, asked) -> None:
    words = question(ring(*asking), HERE)
    assert is_answered(ring(*asking), HERE, words, answer(ring(*asked), HERE, words))


@pytest.mark.parametrize(("asked", "folder"), [((OTHER,), HERE), ((OLD,), Path("/srv/copy")), ((NEW,), HERE)])
def test_another_installation_gives_no_answer(asked, folder) -> None:
    assert answer(ring(*asked), folder, question(ring(OLD), HERE)) == ""


def test_an_answer_is_to_one_question() -> None:
    first, second = question(ring(OLD), HERE), question(ring(OLD), HERE)
    assert first != second
    assert not is_answered(ring(OLD), HERE, second, answer(ring(OLD), HERE, first))
    assert not is_answered(ring(OLD), HERE, first, "")


@pytest.mark.parametrize("asked", ["", "ok", "nonce ", "nonce \xe9", "a " * 9000, f"{'x ' * MOST_PROOFS}y"])
def test_a_stranger_is_told_nothing(asked: str) -> None:
    assert answer(ring(OLD), HERE, asked) == ""


def test_a_question_is_no_answer_and_an_answer_no_question() -> None:
    words = question(ring(OLD), HERE)
    nonce, proof = words.split(" ")
    answered = answer(ring(OLD), HERE, words)
    assert not is_answered(ring(OLD), HERE, words, proof)
    assert answer(ring(OLD), HERE, f"{nonce} {answered}") == ""
