"""What is seen of pages: one Chromium with the fonts of our own, driven by node/eyes.js."""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.quality import fonts
from tests.servers import program

NODE = Path(__file__).parent / "node"
MODULES = NODE / "node_modules"
PACKAGES = ("playwright-core", "axe-core", "html-validate", "@fontsource/gelasio")

Look = Callable[..., list]


def missing() -> list[str]:
    """What must be installed before pages can be looked at."""
    programs = [name for name in ("chromium", "node") if not program(name)]
    return [*programs, *(package for package in PACKAGES if not (MODULES / package).is_dir()), *fonts.missing()]


@contextmanager
def opened() -> Iterator[Look]:
    """Asks what is seen of each page in a list. The browser loads nothing from anywhere."""
    with TemporaryDirectory() as folder:
        environment = os.environ | {"FONTCONFIG_FILE": str(fonts.write_configuration(Path(folder)))}
        command = ["node", NODE / "eyes.js", program("chromium"), str(os.cpu_count() or 2)]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=environment
        ) as node:
            assert node.stdin
            assert node.stdout

            def ask(*pages: dict) -> list:
                node.stdin.write(json.dumps(pages) + "\n")
                node.stdin.flush()
                return json.loads(node.stdout.readline())

            yield ask
            node.stdin.close()


def a_look(html: str, look: str, **fields: object) -> dict:
    """A page and how it is looked at."""
    return {"html": html, "look": look, "width": 1024, "scheme": "light", "forced": False} | fields
