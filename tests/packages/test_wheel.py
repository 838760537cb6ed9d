"""The wheel has everything in it: modules, migrations, texts, pages, and the made-up club."""

import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# What the wheel has beside the package, and where.
SHIPPED = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]


def test_every_file_of_the_project_is_in_the_wheel(tmp_path: Path):
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=ROOT, check=True)
    (wheel,) = tmp_path.glob("club_mailer-*.whl")
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert SHIPPED.keys() >= {"templates", "schedules", "demo", "config.example.toml"}
    ours = set()
    for name, place in {"mailer": "mailer", **SHIPPED}.items():
        for file in [ROOT / name, *(ROOT / name).rglob("*")]:
            if file.is_file() and "__pycache__" not in file.parts:
                ours.add(str(Path(place) / file.relative_to(ROOT / name)))
    assert {name for name in names if not name.startswith("club_mailer-")} == ours
    assert any(name.endswith(".po") for name in ours)
    assert any("migrations/versions/0001" in name for name in ours)
