"""Fills a register with any number of made-up paid-up members, quickly and without a list of them in memory."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, update

from mailer.store import Store
from mailer.store.schema import memberships, payments, register_state, seats

CHUNK = 5000  # rows in one transaction
DOMAINS = 50  # the readers are spread over so many
NAMES = {
    "en": ("Anna Keeper", "Ivan Brook", "Maria Lindgren", "Oleg Hart", "Zoë Müller", "Peter O’Neill", "Sofia Vale"),
    "ru": ("Анна Хранителева", "Иван Ручьёв", "Мария Линдгрен", "Олег Сердцев", "Зоя Мельник", "Пётр Долин"),
}
SALUTATIONS = {"en": "Dear {}", "ru": "Уважаемый читатель {}"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who may have the issue; no two have the same name."""

    number: int
    name: str
    salutation: str

    @property
    def address(self) -> str:
        """Where the copy goes."""
        return f"reader{self.number}@club-{self.number % DOMAINS}.example"


def reader(number: int, language: str) -> Reader:
    """The reader of this number."""
    names = NAMES[language]
    name = f"{names[number % len(names)]} {number}"
    return Reader(number=number, name=name, salutation=SALUTATIONS[language].format(name))


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """What every reader paid for the issue's year; `amount` is in hundredths of the currency."""

    first: date
    last: date
    amount: int
    currency: str


def fill(store: Store, count: int, *, language: str, paid: Paid) -> None:
    """The register has the readers 1 to `count`, each with a membership, a seat and a payment."""
    for first in range(1, count + 1, CHUNK):
        add(store, [reader(one, language) for one in range(first, min(first + CHUNK, count + 1))], language, paid)


def add(store: Store, readers: list[Reader], language: str, paid: Paid) -> None:
    """The register has these readers too."""
    people = [(one, f"M{one.number:07}", f"P{one.number:07}") for one in readers]
    belonging = [
        {"id": membership, "kind": "individual", "organisation": "", "circle": "club", "free_until": None}
        for _, membership, _ in people
    ]
    sitting = [
        {
            "membership": membership,
            "person": person,
            "kind": "individual",
            "number": None,
            "names": {language: one.name},
            "salutations": {language: one.salutation},
            "address": one.address,
            "languages": [language],
        }
        for one, membership, person in people
    ]
    paying = [
        {
            "membership": membership,
            "period_from": paid.first,
            "period_to": paid.last,
            "amount": paid.amount,
            "currency": paid.currency,
            "paid_on": paid.first,
            "in_full": False,
            "reference": f"INV-{one.number}",
        }
        for one, membership, _ in people
    ]
    with store.transaction() as connection:
        for table, rows in ((memberships, belonging), (seats, sitting), (payments, paying)):
            connection.execute(insert(table), rows)
        connection.execute(update(register_state).values(version=register_state.c.version + 1))
