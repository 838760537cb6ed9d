"""Mail is parsed into parts within limits, even when it is broken."""

from mailer.formats.reports.mime import MAX_PARTS, parse_mail, split_header


def test_parts_have_a_limit():
    raw = b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n\na\n" * 500
    assert len(parse_mail(raw).walk()) <= MAX_PARTS + 1
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (level, level) for level in range(50))
    assert len(parse_mail(deep).walk()) < 10


def test_an_encoded_message_is_opened():
    raw = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogaGkKCmJvZHk=\n"
    assert parse_mail(raw).parts[0].get("subject") == "hi"


def test_a_header_without_its_blank_line_ends_where_it_stops_being_one():
    head, body = split_header(b"Subject: hi\nDear reader,\n\nbye\n")
    assert head == (("subject", "hi"),)
    assert body == b"Dear reader,\n\nbye\n"
    assert split_header(b"Subject: hi\nDear")[1] == b"Dear"
    assert split_header(b"From x\nSubject: hi\n\nbody")[0] == (("subject", "hi"),)


def test_digests_hold_messages():
    raw = b'Content-Type: multipart/digest; boundary="b"\n\n--b\n\nSubject: one\n\nhi\n--b--\n'
    assert parse_mail(raw).walk()[1].kind == "message/rfc822"
