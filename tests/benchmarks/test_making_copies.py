"""How long an edition and a copy take (R40), beside the way that others go: every copy made afresh.

pytest -m benchmark -s tests/benchmarks
"""

import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median

import pytest

from mailer.config import load_schedules
from mailer.domain.address import Address
from mailer.domain.circulation import Copy
from mailer.domain.edition import Terms, Variant
from mailer.domain.ports import RawFile
from mailer.domain.way_out import way_out
from mailer.formats.edition.compile import compile_edition
from mailer.formats.issue.folder import assemble
from mailer.formats.links import CopyLinks, link, sample_links
from mailer.formats.return_path import unsubscribe_address
from mailer.formats.token import Keyring, Purpose
from mailer.pipeline.context import IssueName
from mailer.pipeline.issues.compile import Letterhead
from mailer.pipeline.issues.copies import Workbench

ROOT = Path(__file__).parents[2]
RENEW = Variant(terms=Terms.INDIVIDUAL)
ROUNDS, COPIES, AFRESH = 5, 400, 3


def reader(number: int, language: str) -> Copy:
    return Copy(
        person=f"P{number:04}",
        language=language,
        variant=RENEW,
        copy_number=number,
        address=Address(local=f"reader{number}", domain="members.example"),
        name=f"Reader {number}",
        salutation=f"Dear Reader {number}",
        paid_until=date(2026, 12, 31),
    )


@pytest.mark.benchmark
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_copy_beside_one_made_afresh(language: str) -> None:
    schedules = load_schedules(ROOT / "schedules")
    newsletter = schedules.newsletters["russia-confidential"]
    folder = ROOT / "demo" / "issues" / "2026-10"
    files = [RawFile(name=file.name, content=file.read_bytes()) for file in folder.iterdir()]
    issue = assemble(folder.name, files, languages=newsletter.languages, wait_for_all=True)
    assert issue is not None

    def bench(pages: str = "") -> Workbench:
        edition = compile_edition(
            issue=issue,
            language=language,
            variant=RENEW,
            newsletter=newsletter,
            fees=schedules.fees,
            templates=ROOT / "templates",
            way_out=way_out(pages, "bounces.club.example"),
        )
        return Workbench(
            issue=IssueName(newsletter=newsletter.id, serial=issue.serial),
            letterhead=Letterhead.of(newsletter, pages),
            editions={(language, RENEW): edition},
            pictures={picture.name: picture for picture in issue.pictures},
            date=datetime(2026, 10, 15, 7, tzinfo=UTC),
            links=_links,
            sign=lambda message, _date: message,
        )

    compiled, linked = bench(), bench("https://letter.club.example")
    ours, with_links, afresh = [], [], []

    def made_by(workbench: Workbench) -> Callable[[int], bytes]:
        return lambda number: workbench.make(reader(number, language), f"<m{number}@club.example>", delivery=number + 1)

    for each in (compiled, linked):
        made_by(each)(0)
    for _ in range(ROUNDS):  # interleaved, so that both meet the same machine
        ours.append(_each(made_by(compiled), COPIES))
        with_links.append(_each(made_by(linked), COPIES))
        afresh.append(_each(lambda number: bench().make(reader(number, language), f"<m{number}@club.example>"), AFRESH))
    sys.stdout.write(
        f"\n{language}: {median(ours) * 1000:.1f} µs a copy (R40: 300), {median(with_links) * 1000:.1f} µs with links to the "
        f"members' pages, {median(afresh):.1f} ms afresh, "
        f"{median(afresh) / median(ours):.0f} times\n"
    )


KEYS = Keyring(keys=(bytes(range(32)),))


def _links(public_url: str, delivery: int | None) -> CopyLinks:
    """As an installation with a return path makes them, with or without members' pages."""
    if delivery is None:
        return sample_links(public_url, "bounces.club.example")
    pages = [Purpose.ONE_CLICK, Purpose.PREFERENCES] if public_url else []
    one_click, preferences = [link(KEYS, public_url, purpose, delivery) for purpose in pages] or ("", "")
    mail = unsubscribe_address(KEYS, delivery, "bounces.club.example")
    return CopyLinks(unsubscribe=mail, one_click=one_click, preferences=preferences)


def _each(make: Callable[[int], bytes], times: int) -> float:
    """Milliseconds for one, as the mean of so many."""
    start = time.perf_counter()
    for number in range(times):
        make(number)
    return (time.perf_counter() - start) / times * 1000
