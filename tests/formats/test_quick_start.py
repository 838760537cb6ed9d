"""Importing these rooms loads no library that only reading, compiling or writing needs."""

import subprocess
import sys

LIGHT = (
    "mailer.formats.address",
    "mailer.formats.dates_and_money",
    "mailer.formats.edition.compile",
    "mailer.formats.edition.line_wrap",
    "mailer.formats.edition.slot_lines",
    "mailer.formats.edition.stored",
    "mailer.formats.issue.folder",
    "mailer.formats.header",
    "mailer.formats.message.builder",
    "mailer.formats.message.dkim",
    "mailer.formats.message_id",
    "mailer.formats.raw.convert",
    "mailer.formats.register.files",
    "mailer.formats.report",
    "mailer.formats.return_path",
    "mailer.views.person",
)
HEAVY = {
    *(
        "babel",
        "cryptography",
        "cssutils",
        "email_validator",
        "frontmatter",
        "jinja2",
        "lxml",
        "markdown_it",
        "mdit_py_plugins",
    ),
    *("openpyxl", "premailer", "yaml"),
}


def test_importing_a_room_loads_no_heavy_library():
    program = f"import {', '.join(LIGHT)}, sys; print(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert not HEAVY & set(loaded)
