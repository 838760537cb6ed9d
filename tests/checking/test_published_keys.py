"""`mailer check --online` compares the key in the DNS with the one that signs."""

import subprocess

import pytest

from mailer.checking.proof import check_dkim
from mailer.domain.check_result import CheckState
from mailer.domain.errors import MailerError
from mailer.formats.message.dkim_key import public_record
from tests.checking.test_dns import MadeUpRecords
from tests.club import Club

NAME = "s1._domainkey.club.example"
REFUSED = "our key is there, but receivers refuse it"


@pytest.fixture(scope="module")
def key_file(tmp_path_factory) -> str:
    file = tmp_path_factory.mktemp("keys") / "dkim.pem"
    subprocess.run(["openssl", "genpkey", "-quiet", "-algorithm", "ed25519", "-out", file], check=True)
    return str(file)


@pytest.fixture
def signing(club: Club, tmp_path, key_file: str) -> Club:
    subprocess.run(
        [
            "openssl",
            "genpkey",
            "-quiet",
            "-algorithm",
            "rsa",
            "-pkeyopt",
            "rsa_keygen_bits:2048",
            "-out",
            tmp_path / "rsa",
        ],
        check=True,
    )
    keys = {"selector": "s1", "key_file": str(tmp_path / "rsa")}
    club.settle(dkim={"domain": "club.example", **keys, "ed25519_selector": "s2", "ed25519_key_file": key_file})
    return club


def test_the_key_in_the_dns_is_ours_or_another(signing: Club) -> None:
    with signing.opened() as app:
        signer = app.context.signer
        assert signer is not None
        ours = {f"{key.selector}._domainkey.club.example": (public_record(key),) for key in signer.keys}
        rsa = ours[NAME][0]
        halves = rsa.replace("p=", "p=").replace("; p=", "; s=email ;p= ")
        answers = {
            (rsa,): (CheckState.OK, "the public half of our key is there"),
            (halves,): (CheckState.OK, "the public half of our key is there"),
            (): (CheckState.WRONG, "no key is published there"),
            ("v=DKIM1; p=",): (CheckState.WRONG, "the key there was revoked"),
            ("v=DKIM1; p=MIGf",): (CheckState.WRONG, "another key is published there"),
            (f"{rsa}; h=sha1",): (CheckState.WRONG, f"{REFUSED}: h=sha1, and it signs by sha256"),
            (f"{rsa}; s=tlsrpt",): (CheckState.WRONG, f"{REFUSED}: s=tlsrpt, which is not email"),
            (rsa.replace("k=rsa", "k=ed25519"),): (CheckState.WRONG, f"{REFUSED}: k=ed25519, and it is rsa"),
            (rsa.replace("DKIM1", "DKIM2"),): (CheckState.WRONG, f"{REFUSED}: v=DKIM2"),
            (rsa.replace("v=DKIM1; k=rsa; ", ""),): (CheckState.OK, "the public half of our key is there"),
            (rsa, "v=DKIM1; p="): (
                CheckState.NOTE,
                "2 keys are there, of which receivers may take either: keep one",
            ),
            (f"{rsa}; t=y:s",): (
                CheckState.NOTE,
                "the key is published as a trial (t=y), which receivers do not count",
            ),
        }
        for texts, (state, finding) in answers.items():
            results = {result.subject: result for result in check_dkim(MadeUpRecords(txt={**ours, NAME: texts}), app)}
            assert (results[f"DKIM {NAME}"].state, results[f"DKIM {NAME}"].finding) == (state, finding)
            assert results["DKIM s2._domainkey.club.example"].state is CheckState.OK
            if state is CheckState.WRONG:
                assert results[f"DKIM {NAME}"].fix == f'publish TXT {NAME}. "{rsa}"'


def test_a_dns_that_does_not_answer_is_no_missing_key(signing: Club) -> None:
    with signing.opened() as app:
        results = list(check_dkim(MadeUpRecords(silent=frozenset({NAME})), app))
    assert "the DNS does not answer" in results[0].finding


def test_a_key_that_cannot_be_read_is_said_elsewhere(club: Club) -> None:
    club.settle(dkim={"domain": "club.example", "selector": "s1", "key_file": "absent.pem"})
    with club.opened() as app:
        assert list(check_dkim(MadeUpRecords(), app)) == []
        with pytest.raises(MailerError):
            _ = app.context.signer
