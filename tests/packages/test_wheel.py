"""The wheel has everything in it: modules, migrations, texts, pages, and the made-up club."""

import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

ROOT = Path(__file__).parents[2]
# Folders of the project, and where the wheel has them.
PLACES = {"mailer": "mailer", **{name: f"mailer/shipped/{name}" for name in ("templates", "schedules", "demo")}}


def test_every_file_of_the_project_is_in_the_wheel(tmp_path: Path):
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path], cwd=ROOT, check=True)
    (wheel,) = tmp_path.glob("club_mailer-*.whl")
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    ours = {"mailer/shipped/config.example.toml"}
    for folder, place in PLACES.items():
        for file in (ROOT / folder).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                ours.add(f"{place}/{file.relative_to(ROOT / folder)}")
    assert {name for name in names if not name.startswith("club_mailer-")} == ours
    assert any(name.endswith(".po") for name in ours)
    assert any("migrations/versions/0001" in name for name in ours)
