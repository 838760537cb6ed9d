"""Prometheus's own tool reads our rules, plays them through, and finds nothing to blame in our figures."""

import shutil
import subprocess
from pathlib import Path

import pytest

from mailer.app.metrics import MetricsReader
from mailer.formats.exposition import exposition
from tests.club import Club

HERE = Path(__file__).parent
MONITORING = HERE.parents[1] / "monitoring"
PROMTOOL = shutil.which("promtool") or shutil.which(str(HERE / "prometheus" / "usr" / "bin" / "promtool"))
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(PROMTOOL is None, reason="there is no promtool: sh tests/real/install, as root"),
]


def promtool(*words: str | Path, given: bytes = b"") -> str:
    done = subprocess.run([str(PROMTOOL), *map(str, words)], input=given, capture_output=True, check=False, timeout=60)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, said
    return said


def test_the_rules_and_the_lines_to_scrape_are_read() -> None:
    assert "18 rules found" in promtool("check", "rules", MONITORING / "alerts.yml")
    promtool("check", "config", MONITORING / "prometheus.yml")


def test_the_alerts_ring_when_they_are_to(tmp_path: Path) -> None:
    played = (HERE / "alerts_test.yml").read_text(encoding="utf-8").replace("ALERTS", str(MONITORING / "alerts.yml"))
    (tmp_path / "alerts_test.yml").write_text(played, encoding="utf-8")
    assert "SUCCESS" in promtool("test", "rules", tmp_path / "alerts_test.yml")


def test_the_figures_are_as_prometheus_wants_them(tmp_path: Path) -> None:
    with Club.found(tmp_path).opened() as app:
        text, _ = exposition(MetricsReader().read(app), "")
    assert promtool("check", "metrics", given=text) == ""
