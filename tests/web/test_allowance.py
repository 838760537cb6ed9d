"""How much each network may ask of the public pages."""

from datetime import timedelta

from mailer.web import allowance
from mailer.web.allowance import AT_ONCE, Allowances
from tests.club import THURSDAY

SECOND = timedelta(seconds=1)


def asked(allowances: Allowances, network: str, *, refused: bool = False) -> int:
    """How many answers the network gets at once."""
    answers = 0
    while not allowances.wait(network, THURSDAY):
        allowances.charge(network, THURSDAY, refused=refused)
        answers += 1
    return answers


def test_a_network_asks_so_much_at_once_and_again_after_a_while() -> None:
    allowances = Allowances()
    assert asked(allowances, "192.0.2.7") == AT_ONCE
    assert allowances.wait("192.0.2.7", THURSDAY) == 1
    assert allowances.wait("192.0.2.7", THURSDAY + SECOND) == 0
    assert allowances.wait("192.0.2.8", THURSDAY) == 0


def test_guessing_ends_sooner() -> None:
    allowances = Allowances()
    assert asked(allowances, "192.0.2.7", refused=True) == AT_ONCE / 10


def test_a_clock_set_back_neither_gives_nor_takes() -> None:
    allowances = Allowances()
    asked(allowances, "192.0.2.7")
    assert allowances.wait("192.0.2.7", THURSDAY - 60 * SECOND) == 1


def test_only_so_many_networks_are_remembered(monkeypatch) -> None:
    monkeypatch.setattr(allowance, "NETWORKS", 3)
    allowances = Allowances()
    for number in range(5):
        allowances.charge(f"192.0.2.{number}", THURSDAY, refused=True)
    assert list(allowances._left) == ["192.0.2.2", "192.0.2.3", "192.0.2.4"]
