"""How a copy stands in the columns of its delivery."""

from datetime import date

from sqlalchemy import ColumnElement, select

from mailer.domain.address import Address
from mailer.domain.circulation import Copy
from mailer.domain.edition import variant_named
from mailer.store.schema import deliveries, mailings


def of_issue(newsletter: str, serial: int) -> ColumnElement[bool]:
    """The copies of an issue, over all its mailings. A draft belongs to no issue, so that none of its copies is among them."""
    first = select(mailings.c.id).where(
        mailings.c.newsletter == newsletter, mailings.c.serial == serial, mailings.c.supplement == 0
    )
    return deliveries.c.first_mailing == first.scalar_subquery()


# The arguments of `copy_from`, in its order.
COPY_COLUMNS = ("person", "language", "variant", "copy_number", "address", "name", "salutation", "paid_until")


def copy_from(
    person: str,
    language: str,
    variant: str,
    copy_number: int,
    address: str,
    name: str,
    salutation: str,
    paid_until: date | None,
) -> Copy:
    """The copy that these columns hold."""
    own = variant_named(variant), copy_number, Address.from_wire(address)
    return Copy(person, language, *own, name, salutation, paid_until)
