"""How a copy stands in the columns of its delivery."""

from datetime import date

from mailer.domain.address import Address
from mailer.domain.circulation import Copy
from mailer.domain.edition import variant_named

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
    return Copy(
        person=person,
        language=language,
        variant=variant_named(variant),
        copy_number=copy_number,
        address=Address.from_wire(address),
        name=name,
        salutation=salutation,
        paid_until=paid_until,
    )
