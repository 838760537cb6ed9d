"""Variants have names that find them again, and an edition knows its slots."""

import pytest

from mailer.domain.edition import (
    ALL_VARIANTS,
    NO_INSERT,
    Edition,
    HtmlSlot,
    Place,
    Slot,
    SlotLine,
    Variant,
    variant_named,
)


@pytest.mark.parametrize("variant", ALL_VARIANTS, ids=lambda one: one.name)
def test_a_name_finds_its_variant(variant):
    assert variant_named(variant.name) == variant


def test_no_two_variants_have_one_name():
    assert len({one.name for one in ALL_VARIANTS}) == len(ALL_VARIANTS) == 9
    assert NO_INSERT.name == "none"
    assert Variant() in ALL_VARIANTS


@pytest.mark.parametrize("name", ["", "individual", "individual-", "honorary-renew", "individual-soon", "None"])
def test_an_unknown_name_is_an_error(name):
    with pytest.raises(ValueError, match="is not a valid"):
        variant_named(name)


def test_the_slots_of_an_edition_are_those_of_both_parts():
    edition = Edition(
        language="en",
        variant=NO_INSERT,
        subject="A subject",
        html=("<p>", HtmlSlot(slot=Slot.NAME), HtmlSlot(slot=Slot.SALUTATION, place=Place.ATTRIBUTE), "</p>"),
        text=("Words\n", SlotLine(pieces=("Copy No. ", Slot.COPY_NUMBER, " · ", Slot.NAME))),
        banner_html=0,
        banner_text=0,
    )
    assert edition.slots == {Slot.NAME, Slot.SALUTATION, Slot.COPY_NUMBER}
