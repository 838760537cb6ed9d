"""Writes pictures of the demo's issue, and of the seed's where it is there, for people to look at.

    python -m tests.quality.views OUT

Eight views of each: English and Russian, 360 and 700 pixels wide, on a light and on a dark screen.
"""

import sys
from base64 import b64decode
from itertools import product
from pathlib import Path

from tests.conftest import SEED
from tests.quality import eyes
from tests.quality.specimens import LANGUAGES, a_page

WIDTHS = (360, 700)
SCHEMES = ("light", "dark")


def write_views(folder: Path) -> list[Path]:
    """Write the pictures, one for each issue, language, width and kind of screen."""
    folder.mkdir(parents=True, exist_ok=True)
    issues = ("demo", "seed") if SEED.is_dir() else ("demo",)
    views = list(product(issues, LANGUAGES, WIDTHS, SCHEMES))
    pages = [
        eyes.a_look(a_page(which, language), "picture", width=width, scheme=scheme)
        for which, language, width, scheme in views
    ]
    with eyes.opened() as look:
        pictures = look(*pages)
    files = []
    for (which, language, width, scheme), picture in zip(views, pictures, strict=True):
        files.append(folder / f"{which}-{language}-{width}-{scheme}.png")
        files[-1].write_bytes(b64decode(picture))
    return files


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m tests.quality.views OUT")
    if lacking := eyes.missing():
        sys.exit(f"missing: {', '.join(lacking)}; run sh tests/quality/install as root")
    files = write_views(Path(sys.argv[1]))
    sys.stdout.writelines(f"{file}\n" for file in files)
