"""Finds the renewal inserts that no other reader needs: of people who have paid for periods after a gap."""

from collections import Counter
from itertools import islice

from mailer.domain.edition import Variant
from mailer.domain.insert import Inserts
from mailer.domain.newsletter import InsertShow
from mailer.domain.shelf import Revision
from mailer.pipeline.context import Context
from mailer.pipeline.issues.compile import Letterhead, variants
from mailer.pipeline.mailings.entitle import judge_people
from mailer.store import Connection
from mailer.store.columns import CHUNK
from mailer.store.people_in_order import people_paid_otherwise

# At most so many are compiled besides the usual ones; the other people get the insert without a table of fees.
_MOST = 40


def rare_variants(connection: Connection, context: Context, revision: Revision) -> list[Variant]:
    """The variants that people of the register need besides the usual ones, those that most people need first."""
    newsletter = context.newsletter(revision.newsletter)
    if newsletter.insert_show is InsertShow.NEVER:
        return []
    inserts = Inserts(day=revision.date, renewal=Letterhead.of(newsletter).renewal, fees=context.fees)
    usual = set(variants(newsletter, context.fees, revision.date))
    needed = Counter[Variant]()
    people = people_paid_otherwise(connection, revision.date)
    while persons := set(islice(people, CHUNK)):
        for judged in judge_people(connection, context, revision, persons).values():
            if judged.entitlement.receives:
                needed[inserts.needed(judged.candidate, judged.entitlement)] += 1
    rare = (variant for variant in needed if variant not in usual)
    return sorted(rare, key=lambda variant: (-needed[variant], variant))[:_MOST]
