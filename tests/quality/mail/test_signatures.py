"""Signatures of ours, read by OpenDKIM, which many receivers run, and by dkimpy."""

import os
import re
import shutil
import subprocess

import pytest

from mailer.formats.message.dkim import record_name
from mailer.formats.message.dkim_key import public_record
from tests.formats.message.test_dkim import AT, DOMAIN, holds, keys, signer
from tests.quality.figures import FIGURES
from tests.quality.mail.mailings import SETTINGS, copies
from tests.quality.specimens import a_message

pytestmark = pytest.mark.quality

SBIN = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"  # where Debian puts it, and not on everybody's PATH
BROKEN = [("rsa-sha256", False), ("ed25519-sha256", False)]


@pytest.fixture
def answers(tmp_path):
    """What OpenDKIM says of a message: the kind of each signature and whether it holds, the topmost first."""
    opendkim = shutil.which("opendkim", path=SBIN)
    if not opendkim:
        pytest.skip("opendkim is missing: run sh tests/quality/install as root")
    records, settings, mail = tmp_path / "records", tmp_path / "opendkim.conf", tmp_path / "copy.eml"
    records.write_text("".join(f"{record_name(DOMAIN, key.selector)} {public_record(key)}\n" for key in keys()))
    settings.write_text(f"Mode v\nTestPublicKeys {records}\n")

    def ask(message):
        mail.write_bytes(message)
        said = subprocess.run(
            [opendkim, "-x", settings, "-vv", "-t", mail], capture_output=True, check=False, text=True, timeout=60
        ).stdout
        found = re.findall(r"dkim=(\w+)[^;]*?header\.a=(\S+)", said)
        return [(kind, answer == "pass") for answer, kind in found]

    return ask


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_signed_copy_holds(answers, language):
    signed = signer().sign(a_message("made up", language), AT)
    assert answers(signed) == [("rsa-sha256", True), ("ed25519-sha256", True)]
    assert answers(signer(0).sign(a_message("made up", language), AT)) == [("rsa-sha256", True)]


@pytest.mark.parametrize("name", ["From", "Cc", "Reply-To", "Subject", "List-Unsubscribe", "Content-Type"])
def test_an_added_field_breaks_it(answers, name):
    signed = signer().sign(a_message("made up", "en"), AT)
    assert answers(f"{name}: eve@club.example\r\n".encode() + signed) == BROKEN


@pytest.mark.parametrize(("old", "new"), [(b"\r\nSubject: ", b"\r\nSubject: Not "), (b"\r\n--=_", b"\r\nPS\r\n--=_")])
def test_a_change_breaks_it(answers, old, new):
    signed = signer().sign(a_message("made up", "en"), AT)
    changed = signed.replace(old, new)
    assert changed != signed
    assert answers(changed) == BROKEN


@pytest.mark.parametrize("setting", SETTINGS)
def test_every_copy_of_a_mailing_holds_for_both_verifiers(answers, setting):
    messages = copies("hard", setting)
    FIGURES.add("signatures: copies verified twice", len(messages))
    for message in messages:
        assert answers(message) == [("rsa-sha256", True)]
        assert holds(message) == [True]


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("name", ["From", "Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post", "To", "Date"])
def test_an_added_field_breaks_a_copy_as_it_leaves(answers, setting, name):
    changed = f"{name}: <mailto:eve@club.example>\r\n".encode() + copies("demo", setting)[0]
    assert answers(changed) == [("rsa-sha256", False)]
    assert holds(changed) == [False]
