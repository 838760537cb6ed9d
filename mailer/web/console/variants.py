"""What the variants of an issue are called on the pages, and as whom a copy is looked at."""

from collections.abc import Mapping

from mailer.domain.access import Right
from mailer.domain.edition import ALL_VARIANTS, NO_INSERT, Terms, Variant, Wording, variant_named
from mailer.domain.errors import NotFound
from mailer.pipeline.mailings.preview import Reader
from mailer.texts import N_
from mailer.web.form import Form
from mailer.web.visit import Visit

WORDS: Mapping[Variant, str] = {
    NO_INSERT: N_("without the insert"),
    Variant(terms=Terms.INDIVIDUAL): N_("individual, to renew"),
    Variant(terms=Terms.INDIVIDUAL, wording=Wording.AHEAD): N_("individual, paid ahead"),
    Variant(terms=Terms.INDIVIDUAL, wording=Wording.GRACE): N_("individual, in the days of grace"),
    Variant(terms=Terms.CORPORATE): N_("corporate, to renew"),
    Variant(terms=Terms.CORPORATE, wording=Wording.AHEAD): N_("corporate, paid ahead"),
    Variant(terms=Terms.CORPORATE, wording=Wording.GRACE): N_("corporate, in the days of grace"),
    Variant(terms=Terms.COMPLIMENTARY): N_("complimentary, until a date"),
    Variant(terms=Terms.COMPLIMENTARY, wording=Wording.OPEN): N_("complimentary, without an end"),
}


def variant_options(visit: Visit) -> list[tuple[str, str]]:
    """The name of each variant with its words."""
    return [(variant.name, visit.text(WORDS[variant])) for variant in ALL_VARIANTS]


def reader_of(visit: Visit, query: Form, person: str = "person", variant: str = "variant") -> Reader:
    """The reader that an address names: a person by id, or a made-up one.

    Of a person, a user who may not see the register sees only which variant they get.
    """
    if identity := query[person]:
        return Reader(person=identity, masked=not visit.may(Right.SEE_REGISTER))
    if not query[variant]:
        return Reader()
    try:
        return Reader(variant=variant_named(query[variant]).plain)
    except ValueError as error:
        raise NotFound(f"there is no variant {query[variant]!r}") from error
