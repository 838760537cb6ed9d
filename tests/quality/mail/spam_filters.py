"""Two spam filters, SpamAssassin and rspamd, that ask no other machine: what they have against a message."""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

from tests.servers import free_port, program, wait_for

# What asks DNS, a fuzzy storage or a database, or waits for one.
_OUTSIDE = (
    *("antivirus", "arc", "asn", "bimi", "dcc", "dkim", "dkim_signing", "dmarc", "elastic", "external_relay"),
    *("external_services", "fuzzy_check", "greylist", "history_redis", "mx_check", "neural", "once_received", "p0f"),
    *("ratelimit", "rbl", "replies", "reputation", "rspamd_update", "spf", "surbl", "url_redirector", "whitelist"),
)
# The endings of our addresses are all that it needs to know of: the whole list takes half a minute to compile.
_ENDINGS = "com\nexample\nnet\norg\nru\n"
_RSPAMD = """\
.include "$CONFDIR/common.conf"
options {{
  filters = "chartable,regexp";
  classify_headers = ["User-Agent", "X-Mailer", "Content-Type", "X-MimeOLE"];
  dns {{ nameserver = ["127.0.0.1:1"]; timeout = 0.05s; retransmits = 1; }}
  url_tld = "{folder}/endings";
  tempdir = "{folder}";
  explicit_modules = ["settings", "bayes_expiry"];
  disable_monitoring = true;
  disable_hyperscan = true;
}}
logging {{ type = "file"; filename = "{folder}/rspamd.log"; level = "error"; }}
worker "normal" {{ bind_socket = "127.0.0.1:{port}"; count = 1; mime = true; }}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The sum of a filter, and the score of each rule that applies."""

    score: float
    rules: dict[str, float]


def spamassassin(messages: Sequence[bytes], folder: Path, *more: str) -> list[Verdict]:
    """What SpamAssassin's own rules say of each message, without asking other machines."""
    files = []
    for number, message in enumerate(messages):
        files.append(folder / f"{number:04}.eml")
        files[-1].write_bytes(message)
    command = [str(program("spamassassin")), "-L", "-t", "-x", *more, *map(str, files)]
    environment = {"HOME": str(folder), "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C.UTF-8"}
    judged = subprocess.run(command, capture_output=True, check=True, env=environment).stdout.decode(errors="replace")
    reports = re.findall(
        r"^Content analysis details:   \((-?[\d.]+) points.*?\n(.*?)\n\n", judged, re.MULTILINE | re.DOTALL
    )
    assert len(reports) == len(messages)
    rule = re.compile(r"^ ?(-?\d+\.\d) (\w+)", re.MULTILINE)
    return [
        Verdict(score=float(score), rules={name: float(points) for points, name in rule.findall(lines)})
        for score, lines in reports
    ]


@contextmanager
def rspamd(folder: Path) -> Iterator["Rspamd"]:
    """An rspamd of our own, that asks no other machine."""
    port = free_port()
    local = folder / "local.d"
    local.mkdir(parents=True)
    for module in _OUTSIDE:
        (local / f"{module}.conf").write_text("enabled = false;\n")
    (folder / "endings").write_text(_ENDINGS)
    configuration = folder / "rspamd.conf"
    configuration.write_text(_RSPAMD.format(folder=folder, port=port))
    places = [f"--var={name}={folder}" for name in ("DBDIR", "RUNDIR", "LOGDIR", "LOCAL_CONFDIR")]
    command = [str(program("rspamd")), "--no-fork", "--insecure", *places, "-c", str(configuration)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(port, server)
            yield Rspamd(port=port)
        finally:
            server.terminate()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rspamd:
    """A running rspamd."""

    port: int

    def judge(self, message: bytes) -> Verdict:
        """What its rules say of a message."""
        # As from a relay whose address has a name.
        asked = Request(
            f"http://127.0.0.1:{self.port}/checkv2", data=message, headers={"Hostname": "mail.club.example"}
        )
        with urlopen(asked, timeout=60) as answer:
            said = json.load(answer)
        return Verdict(score=said["score"], rules={name: one["score"] for name, one in said["symbols"].items()})
