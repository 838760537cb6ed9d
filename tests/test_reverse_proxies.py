"""The examples of reverse proxies in docs/operating.md: their settings load, and the proxies' own programs take them."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from mailer.config import load_config
from tests.certificates import Authority

MANUAL = Path(__file__).parents[1] / "docs" / "operating.md"


def section() -> str:
    """What the manual says about the console."""
    return MANUAL.read_text(encoding="utf-8").partition("\n## The console\n")[2].partition("\n## ")[0]


def example(language: str, nth: int = 0) -> str:
    return re.findall(rf"^```{language}\n(.*?)^```", section(), re.DOTALL | re.MULTILINE)[nth]


@pytest.mark.parametrize(("nth", "behind"), [(0, True), (1, False)])
def test_the_settings_load(tmp_path: Path, nth: int, behind: bool) -> None:
    file = tmp_path / "config.toml"
    file.write_text(example("toml", nth))
    web = load_config(file).web
    assert (web.behind_proxy, bool(web.cert_file)) == (behind, not behind)
    assert web.public_url.startswith("https://console.club.example")


def test_both_proxies_lead_to_where_the_console_listens(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(example("toml"))
    listen = load_config(file).web.listen
    assert f"proxy_pass http://{listen};" in example("nginx")
    assert f"reverse_proxy {listen}\n" in example("caddy")


def test_nginx_writes_the_headers_that_are_believed_itself() -> None:
    directives = dict(re.findall(r"proxy_set_header (\S+) (\S+);", example("nginx")))
    # `$proxy_add_x_forwarded_for` would pass on what the browser claims.
    assert directives == {"Host": "$host", "X-Forwarded-For": "$remote_addr", "X-Forwarded-Proto": "$scheme"}


def test_nginx_takes_its_example(tmp_path: Path, authority: Authority) -> None:
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if nginx is None:
        pytest.skip("nginx is not installed")
    site = re.sub(r"/etc/ssl/console/\w+\.pem", str(authority.good_file), example("nginx"))
    configuration = tmp_path / "nginx.conf"
    paths = "".join(
        f"{name}_temp_path {tmp_path / name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration.write_text(f"pid {tmp_path / 'pid'};\nevents {{}}\nhttp {{\naccess_log off;\n{paths}{site}}}\n")
    command = [nginx, "-t", "-e", str(tmp_path / "errors"), "-c", str(configuration)]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr


def test_caddy_takes_its_example(tmp_path: Path) -> None:
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("caddy is not installed")
    file = tmp_path / "Caddyfile"
    file.write_text(example("caddy"))
    command = [caddy, "adapt", "--config", str(file), "--adapter", "caddyfile"]
    tried = subprocess.run(command, capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    assert "127.0.0.1:8025" in json.dumps(json.loads(tried.stdout))
