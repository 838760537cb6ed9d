"""Writes members.csv and payments.csv with any number of made-up people, as `mailer register import` takes them."""

import csv
from pathlib import Path

from tests.benchmarks.register import Paid, reader

MEMBERS = ["membership", "kind", "circulation", "person", "name_en", "salutation_en", "email", "languages"]
PAYMENTS = ["membership", "period_from", "period_to", "amount", "currency", "paid_on", "reference"]


def write(members: Path, payments: Path, people: int, paid: Paid) -> None:
    """Each person has a membership and one payment for the issue's year."""
    readers = [reader(number, "en") for number in range(1, people + 1)]
    with members.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(MEMBERS)
        for person in readers:
            ids = (f"M{person.number:07}", "individual", "club", f"P{person.number:07}")
            table.writerow((*ids, person.name, person.salutation, person.address, "en"))
    with payments.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(PAYMENTS)
        period = (paid.first, paid.last, f"{paid.amount / 100:g}", paid.currency, paid.first)
        for person in readers:
            table.writerow((f"M{person.number:07}", *period, f"INV-{person.number}"))
