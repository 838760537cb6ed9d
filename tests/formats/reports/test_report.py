"""A report is read as the corpus says: every mail beside what is in it, in every kind of line ending."""

import tomllib
from pathlib import Path

import pytest

from mailer.domain.bounce import SCOPES, BounceReport, FailureReason, ReportKind
from mailer.formats.report import parse

CORPUS = Path(__file__).parents[2] / "corpus"
MAILS = sorted(CORPUS.glob("*.eml"))


def expected(mail):
    return tomllib.loads(mail.with_suffix(".toml").read_text(encoding="utf-8"))["report"]


def seen(report, keys):
    return {key: getattr(report, key) for key in keys}


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r", b"\r\r\n"], ids=["lf", "crlf", "cr", "crcrlf"])
@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.stem)
def test_corpus(mail, ending):
    reports = parse(mail.read_bytes().replace(b"\n", ending))
    wanted = expected(mail)
    assert [seen(report, want) for report, want in zip(reports, wanted, strict=True)] == wanted


def test_the_corpus_has_every_kind_and_most_reasons():
    reports = [report for mail in MAILS for report in parse(mail.read_bytes())]
    assert {report.kind for report in reports} == set(ReportKind)
    assert len({report.reason for report in reports}) > 20
    assert len([mail for mail in MAILS if mail.stem.startswith("autoreply_")]) >= 10
    assert {mail.with_suffix(".toml") for mail in MAILS} == set(CORPUS.glob("*.toml"))


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.stem)
def test_hard_means_a_dead_address_and_nothing_else(mail):
    for report in parse(mail.read_bytes()):
        if report.hard:
            assert report.kind is ReportKind.BOUNCE
            assert report.scope == "address"
        if report.kind in {ReportKind.BOUNCE, ReportKind.DELAYED}:
            assert report.rule
            assert report.hard is not None
        else:
            assert not report.hard


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.stem)
def test_an_answer_by_a_person_is_no_report(mail):
    """Whatever came back, somebody's reply that carries it along is only a letter."""
    letter = (
        b"Return-Path: <anna@reader.example>\nFrom: Anna <anna@reader.example>\nTo: secretary@club.example\n"
        b"Subject: Re: your mail\nIn-Reply-To: <d7.signed@club.example>\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/mixed; boundary="letter"\n\n--letter\nContent-Type: text/plain\n\nWhat is this?\n'
        b"\n--letter\nContent-Type: message/rfc822\n\n" + mail.read_bytes() + b"\n--letter--\n"
    )
    kinds = {report.kind for report in parse(letter)}
    assert not kinds & {ReportKind.BOUNCE, ReportKind.DELAYED, ReportKind.UNSUBSCRIBE}, kinds
    assert ReportKind.COMPLAINT not in kinds or b"X-HmXmrOriginalRecipient" in letter


def quoted(mail):
    body = "\n".join("> " + line for line in mail.read_text(encoding="utf-8", errors="replace").split("\n"))
    return (
        "Return-Path: <anna@reader.example>\nFrom: Anna <anna@reader.example>\nTo: secretary@club.example\n"
        "Subject: Re: Undelivered Mail Returned to Sender\nContent-Type: text/plain; charset=utf-8\n\n"
        f"Dear secretary, this came back to me:\n\n{body}\n"
    ).encode()


@pytest.mark.parametrize("mail", MAILS, ids=lambda mail: mail.stem)
def test_a_quoted_report_is_no_report(mail):
    assert [report.kind for report in parse(quoted(mail))] == [ReportKind.OTHER]


@pytest.mark.parametrize("raw", [b"", b"\n", b"\r", b"\0", b"From ", b":", b"\n\n\n", b"\xff\xfe", b"--\n--\n", b"{}"])
def test_hardly_anything_is_ordinary_mail(raw):
    assert parse(raw) == [BounceReport(kind=ReportKind.OTHER)]


def test_every_reason_has_a_scope():
    assert set(SCOPES) == set(FailureReason)
