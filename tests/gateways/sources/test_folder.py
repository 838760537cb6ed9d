import os
import ssl
import threading
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mailer.domain.errors import BadInput, MailerError
from mailer.domain.ports import RawFile, RawIssue, UnreadFolder
from mailer.gateways.sources.folder import BIGGEST_FILE, FolderSource


def nothing():
    pass


@pytest.fixture
def issues(tmp_path):
    folder = tmp_path / "issues" / "2030-03"
    folder.mkdir(parents=True)
    (folder / "en.md").write_bytes(b"words")
    (folder / "схема.png").write_bytes(b"picture")
    return tmp_path / "issues"


def only(found):
    (folder,) = found
    return folder


READ = RawIssue(
    folder="2030-03",
    files=(RawFile(name="en.md", content=b"words"), RawFile(name="схема.png", content=b"picture")),
)


@pytest.mark.parametrize("url", ["issues", "./issues/", "file://{}/issues", "{}/issues"])
def test_every_sub_folder_is_read(issues, url):
    (issues / "2030-02").mkdir()
    (issues / ".trash").mkdir()
    (issues / "readme.txt").write_text("not an issue")
    (issues / "2030-03" / ".en.md.swp").write_text("hidden")
    (issues / "2030-03" / "old").mkdir()
    found = FolderSource(url.format(issues.parent), issues.parent, nothing).read()
    assert found == [RawIssue(folder="2030-02", files=()), READ]


def test_only_texts_and_pictures_are_read(issues):
    for name in ("thumbs.db", "notes.docx", "md"):
        (issues / "2030-03" / name).write_bytes(b"else")
    os.truncate(issues / "2030-03" / "thumbs.db", BIGGEST_FILE + 1)
    (issues / "2030-03" / "B.JPEG").write_bytes(b"")
    found = only(FolderSource("issues", issues.parent, nothing).read())
    assert [file.name for file in found.files] == ["B.JPEG", "en.md", "схема.png"]


def test_a_folder_with_too_much_in_it_is_named(issues):
    for number in range(7):
        (issues / "2030-03" / f"{number}.png").touch()
        os.truncate(issues / "2030-03" / f"{number}.png", 9 * 1024 * 1024)
    found = only(FolderSource("issues", issues.parent, nothing).read())
    assert found.reason == "its files have more than 60 MB together; take out what is not the issue's"


def test_a_folder_without_issues_needs_no_pause(tmp_path):
    def pause():
        raise AssertionError

    assert FolderSource(".", tmp_path, pause).read() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "en.md").write_bytes(b"words and more"),
        lambda folder: (folder / "en.md").write_bytes(b"sword"),
        lambda folder: (folder / "ru.md").write_bytes(b""),
        lambda folder: (folder / "en.md").unlink(),
        lambda folder: folder.rename(folder.parent / "2030-04"),
    ],
)
def test_what_changes_while_it_is_read_is_left_for_the_next_pull(issues, change):
    (issues / "2030-01").mkdir()
    still, moving = FolderSource("issues", issues.parent, lambda: change(issues / "2030-03")).read()
    assert isinstance(still, RawIssue)
    assert moving == UnreadFolder(
        folder="2030-03", reason="it changed while it was read; it is tried again at the next pull"
    )


def test_links_stay_in_the_folder(issues):
    (issues / "2030-03" / "ru.md").symlink_to("en.md")
    found = only(FolderSource("issues", issues.parent, nothing).read())
    assert isinstance(found, RawIssue)
    assert [file.name for file in found.files] == ["en.md", "ru.md", "схема.png"]


@pytest.mark.parametrize(
    "target", ["../../mailer.key", "../2030-02/en.md", "/etc/hostname", "../../outside", "nowhere/../../x"]
)
def test_a_link_that_leads_out_is_named(issues, target):
    (issues.parent / "mailer.key").write_bytes(b"secret")
    (issues.parent / "outside").mkdir()
    (issues / "2030-02").mkdir()
    (issues / "2030-02" / "en.md").write_bytes(b"")
    (issues / "2030-03" / "key.png").symlink_to(target)
    _, found = FolderSource("issues", issues.parent, nothing).read()
    assert isinstance(found, UnreadFolder)
    assert found.reason == "'key.png' is a link that leads out of its folder; put the file itself there"


def test_a_folder_that_is_a_link_out_is_named(issues):
    outside = issues.parent / "outside"
    outside.mkdir()
    (issues / "2030-04").symlink_to(outside)
    _, found = FolderSource("issues", issues.parent, nothing).read()
    assert found == UnreadFolder(
        folder="2030-04", reason="'2030-04' is a link that leads out of its folder; put the file itself there"
    )


def test_the_source_itself_may_be_a_link(issues):
    (issues.parent / "link").symlink_to(issues)
    assert FolderSource("link", issues.parent, nothing).read() == [READ]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda folder: os.mkfifo(folder / "pipe.md"), "'pipe.md' is not a plain file"),
        (lambda folder: (folder / "gone.md").symlink_to("nowhere"), "'gone.md' is not a plain file"),
        (lambda folder: (folder / "a\\b.md").touch(), "the name 'a\\\\b.md' has characters that names must not have"),
        (lambda folder: (folder / "a\nb.md").touch(), "the name 'a\\nb.md' has characters that names must not have"),
        (lambda folder: [(folder / str(n)).touch() for n in range(99)], "it holds 101 files, more than 100"),
        (lambda folder: os.truncate(folder / "en.md", BIGGEST_FILE + 1), "'en.md' has more than 10 MB"),
    ],
)
def test_what_cannot_be_an_issue_is_named(issues, make, reason):
    make(issues / "2030-03")
    found = only(FolderSource("issues", issues.parent, nothing).read())
    assert isinstance(found, UnreadFolder)
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("http://x.example/issues", "'http://x.example/issues' is not one of file, https, sftp, s3"),
        ("ftp://user:word@x.example", "'ftp://x.example' is not one of"),
        ("zip://en.md::https://x.example/a.zip", "chains URLs with '::'"),
        ("simplecache::file:///etc", "chains URLs with '::'"),
    ],
)
def test_other_sources_are_refused(tmp_path, url, complaint):
    with pytest.raises(BadInput) as refusal:
        FolderSource(url, tmp_path, nothing)
    assert complaint in str(refusal.value)


def test_a_source_that_is_not_there(tmp_path):
    with pytest.raises(MailerError, match=r"the source .*/nowhere does not exist; create the folder, or correct"):
        FolderSource("nowhere", tmp_path, nothing).read()


def test_a_source_that_is_down(tmp_path):
    with pytest.raises(MailerError) as failure:
        FolderSource("https://user:word@127.0.0.1:1/issues", tmp_path, nothing).read()
    assert str(failure.value).startswith("the source https://127.0.0.1:1/issues cannot be read: ")
    assert "word" not in str(failure.value)


@pytest.mark.parametrize("protocol", ["sftp", "s3"])
def test_a_missing_library_is_named(tmp_path, protocol):
    library = {"sftp": "paramiko", "s3": "s3fs"}[protocol]
    try:
        __import__(library)
    except ImportError:
        with pytest.raises(MailerError, match=rf"pip install '\.\[{protocol}\]'"):
            FolderSource(f"{protocol}://x.example/issues", tmp_path, nothing).read()
    else:
        pytest.skip(f"{library} is installed")


# --- https, from a server on this machine -----------------------------------------------------------------------------


class Quiet(SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/moved/":
            self.send_response(302)
            self.send_header("Location", "/issues/")
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, format, *args):  # noqa: A002  # the library's own name
        pass


def a_certificate(folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    start = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36500))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "certificate.pem"
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@pytest.fixture
def https(issues, monkeypatch):
    certificate = a_certificate(issues.parent)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(issues.parent)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    yield f"https://127.0.0.1:{server.server_port}/issues"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_web_server_is_a_source(https, issues):
    (issues / "2030-03" / ".hidden").touch()
    assert FolderSource(https, issues, nothing).read() == [READ]


def test_a_web_server_whose_certificate_nobody_knows_is_not_read(https, issues, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(MailerError, match="certificate"):
        FolderSource(https, issues, nothing).read()


def test_too_much_from_a_web_server_is_not_read_to_its_end(https, issues):
    os.truncate(issues / "2030-03" / "en.md", BIGGEST_FILE + 1)
    found = only(FolderSource(https, issues, nothing).read())
    assert isinstance(found, UnreadFolder)
    assert found.reason == "'en.md' has more than 10 MB; make it smaller"


def test_a_web_server_that_sends_us_on_is_not_followed(https, issues):
    with pytest.raises(MailerError, match="redirects"):
        FolderSource(https.replace("issues", "moved"), issues, nothing).read()


def test_a_web_address_that_is_not_there(https, issues):
    with pytest.raises(MailerError, match="does not exist"):
        FolderSource(https + "/nowhere", issues, nothing).read()


def test_a_file_that_a_web_server_loses_is_named(https, issues):
    (issues / "2030-03" / "lost.md").symlink_to("nowhere")
    found = only(FolderSource(https.replace("//", "//user:word@"), issues, nothing).read())
    assert isinstance(found, UnreadFolder)
    assert found.reason.startswith("it cannot be read: https://127.0.0.1")
