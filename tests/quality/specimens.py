"""The issues that are judged, and their copies as a member gets them: compiled, filled in and made by the service itself."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from mailer.config import load_schedules
from mailer.domain.edition import Terms, Variant
from mailer.domain.insert import Inserts
from mailer.domain.membership import FeeSchedule
from mailer.domain.ports import Message, RawFile, RawIssue
from mailer.domain.way_out import WayOut
from mailer.formats.letter.page import write_page
from mailer.formats.letter.write import write
from mailer.formats.links import sample_links
from mailer.formats.message.browsed import with_pictures
from mailer.formats.message.parts import html_and_text
from mailer.pipeline.context import IssueName
from mailer.pipeline.issues.compile import Letterhead, compile_all
from mailer.pipeline.issues.copies import Workbench
from mailer.pipeline.issues.desk import CheckedFolder, Desk, check_folder
from mailer.pipeline.issues.specimen import made_up_copies
from mailer.pipeline.letters.specimens import load_specimens
from tests.conftest import SEED
from tests.formats.made_up import FEES, TEMPLATES, a_newsletter, an_issue
from tests.quality.hard import hard_files

ROOT = Path(__file__).parents[2]
LANGUAGES = ("en", "ru")
PUBLIC_URL = "https://letter.club.example"
BOUNCES = "bounces.club.example"
NOW = datetime(2026, 10, 15, 7, 0, tzinfo=UTC)
LONG = "Wolfeschlegelsteinhausenbergerdorff" * 3
FOLDERS = {"demo": ROOT / "demo" / "issues" / "2026-10", "seed": SEED / "issues" / "2018-03"}
WHICH = ("made up", "demo", "seed", "hard")


def need(which: str) -> None:
    """Skip the test where this issue is not on the machine."""
    if which == "seed" and not SEED.is_dir():
        pytest.skip("../shared/seed is not there")


@cache
def checked(which: str, way: WayOut = WayOut.PAGE) -> CheckedFolder:
    """The issue, its newsletter and every edition of it, with this way out."""
    addresses = {WayOut.PAGE: {"public_url": PUBLIC_URL}, WayOut.MAIL: {"return_path_domain": BOUNCES}}.get(way, {})
    if which == "made up":
        issue, newsletter = an_issue(), a_newsletter()
        editions = compile_all(issue, newsletter, FEES, TEMPLATES, way_out=way)
        whole = {
            "problems": (),
            "notes": (),
            "issue": issue,
            "newsletter": newsletter,
            "editions": editions,
            "fees": FEES,
        }
        return CheckedFolder(folder=which, **whole, **addresses)
    newsletters = load_schedules(ROOT / "schedules").newsletters
    desk = Desk(newsletters=newsletters, fees=fees_of(which), templates=TEMPLATES, made_up=False, **addresses)
    found = check_folder(desk, RawIssue(folder=which, files=_files(which)), NOW)
    assert found.problems == ()
    return found


def fees_of(which: str) -> FeeSchedule:
    """The fee schedule that the issue's inserts show."""
    if which == "made up":
        return FEES
    return load_schedules(SEED if which == "seed" else ROOT / "schedules").fees


def _files(which: str) -> tuple[RawFile, ...]:
    if which == "hard":
        return hard_files()
    return tuple(RawFile(name=file.name, content=file.read_bytes()) for file in sorted(FOLDERS[which].iterdir()))


def every_insert(which: str, language: str) -> list[Variant]:
    """The variants of an issue's editions: every insert, and none."""
    return [variant for spoken, variant in checked(which).editions if spoken == language]


def a_message(
    which: str,
    language: str,
    variant: Variant | None = None,
    *,
    way: WayOut = WayOut.PAGE,
    test: bool = False,
    name: str = "",
) -> Message:
    """A copy for a made-up person, or for one of this name: of a corporate membership, or in this very variant."""
    found = checked(which, way)
    bench = Workbench(
        issue=IssueName(newsletter=found.issue.newsletter, serial=found.issue.serial),
        letterhead=Letterhead.of(found.newsletter, found.public_url),
        editions=found.editions,
        pictures={picture.name: picture for picture in found.issue.pictures},
        date=NOW,
        links=lambda public_url, _delivery: sample_links(public_url, found.return_path_domain),
        sign=lambda message, _date: message,
    )
    compiled = {made for _, made in found.editions}
    inserts = Inserts(day=found.issue.date, renewal=bench.letterhead.renewal, fees=found.fees, compiled=compiled)
    usual = Variant(terms=variant.terms, wording=variant.wording) if variant else Variant(terms=Terms.CORPORATE)
    (copy,) = made_up_copies(found.newsletter, [language], inserts, [usual])
    if variant:
        copy = copy._replace(variant=variant)
    if name:
        copy = copy._replace(name=name, salutation=name)
    return bench.make(copy, "<17@club.example>", test=test)


@cache
def a_page(which: str, language: str, variant: Variant | None = None, **fields: object) -> str:
    """The HTML of that copy, with its pictures in it."""
    html, _ = html_and_text(a_message(which, language, variant, **fields))
    return with_pictures(html, checked(which).issue.pictures)


def letters() -> Iterator[tuple[str, str]]:
    """The name and the page of every letter to secretary, editors and members, in every language."""
    for specimen in load_specimens():
        for language in LANGUAGES:
            letter = write(specimen.kind, language, specimen.facts, [TEMPLATES])
            page = write_page(letter, sender="Russia Confidential", templates=TEMPLATES, template="russia-confidential")
            yield f"{specimen.name}.{language}", page


# --- what mail programs leave of a page -------------------------------------------------------------------------------


def without_styles(html: str) -> str:
    """As programs show it that drop every `<style>`: Gmail's apps with accounts of other providers."""
    return re.sub(r"<style[^>]*>.*?</style>", "", html, flags=re.DOTALL)


def without_media(html: str) -> str:
    """As programs show it that keep `<style>`, and drop its rules for some screens only."""
    return re.sub(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", html)


FORMS = {"whole": str, "without <style>": without_styles, "without @media": without_media}
