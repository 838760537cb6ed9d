"""Stores an edition as JSON, which is approved by its digest and read again by senders."""

import hashlib
import json

from mailer.domain.edition import Edition, HtmlPart, HtmlSlot, Place, Slot, SlotLine, TextPart, variant_named


def dump(edition: Edition) -> bytes:
    """The edition as JSON; equal editions give equal bytes."""
    return json.dumps(
        {
            "language": edition.language,
            "variant": edition.variant.name,
            "subject": edition.subject,
            "html": [
                piece if isinstance(piece, str) else {"slot": piece.slot, "place": piece.place}
                for piece in edition.html
            ],
            "text": [
                piece
                if isinstance(piece, str)
                else {
                    "pieces": [{"slot": part} if isinstance(part, Slot) else part for part in piece.pieces],
                    "indent": piece.indent,
                    "soft": piece.soft,
                }
                for piece in edition.text
            ],
            "banner_html": edition.banner_html,
            "banner_text": edition.banner_text,
            "pictures": edition.pictures,
        },
        ensure_ascii=False,
        separators=(",", ":"),
        sort_keys=True,
    ).encode()


def load(stored: bytes) -> Edition:
    """The edition that `dump` wrote."""
    fields = json.loads(stored)
    page: HtmlPart = tuple(
        piece if isinstance(piece, str) else HtmlSlot(slot=Slot(piece["slot"]), place=Place(piece["place"]))
        for piece in fields["html"]
    )
    text: TextPart = tuple(
        piece
        if isinstance(piece, str)
        else SlotLine(
            pieces=tuple(Slot(part["slot"]) if isinstance(part, dict) else str(part) for part in piece["pieces"]),
            indent=piece["indent"],
            soft=piece["soft"],
        )
        for piece in fields["text"]
    )
    return Edition(
        language=fields["language"],
        variant=variant_named(fields["variant"]),
        subject=fields["subject"],
        html=page,
        text=text,
        banner_html=fields["banner_html"],
        banner_text=fields["banner_text"],
        pictures=tuple(fields["pictures"]),
    )


def digest(edition: Edition) -> str:
    """The SHA-256 of the edition in hexadecimal: what an approval applies to."""
    return hashlib.sha256(dump(edition)).hexdigest()
