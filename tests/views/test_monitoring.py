"""The dashboard and the alerts name figures and labels that there are, and the alerts say what to do."""

import json
import re
from pathlib import Path

import pytest
import yaml

from mailer.views.metrics import METRICS

FOLDER = Path(__file__).parents[2] / "monitoring"
MANUAL = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
LABELS = {metric.name: {*metric.labels, "instance", "job", "le", "class"} for metric in METRICS}
_NAME = re.compile(r"\b(mailer_[a-z_]+?)(?:_bucket|_sum|_count)?(?=[^a-z_]|$)(?:\{([^}]*)\})?")

ALERTS = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
DASHBOARD = json.loads((FOLDER / "dashboard.json").read_text(encoding="utf-8"))
PANELS = DASHBOARD["panels"]
EXPRESSIONS = [rule["expr"] for rule in RULES] + [target["expr"] for panel in PANELS for target in panel["targets"]]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_names_figures_and_labels_that_there_are(expression: str) -> None:
    figures = list(_NAME.finditer(expression))
    assert figures or re.search(r"\b(up|process_[a-z_]+)\{", expression)
    for figure in figures:
        assert figure[1] in LABELS, figure[1]
        used = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", figure[2] or ""))
        assert used <= LABELS[figure[1]]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_how_urgent_it_is_and_what_to_do(rule) -> None:
    assert rule["labels"]["severity"] in {"page", "ticket"}
    assert rule["annotations"]["summary"].endswith(".")
    assert rule["annotations"]["remedy"]
    assert f"`{rule['alert']}`" in MANUAL


def test_alerts_and_panels_have_names_of_their_own() -> None:
    for names in (
        [rule["alert"] for rule in RULES],
        [panel["title"] for panel in PANELS],
        [each["id"] for each in PANELS],
    ):
        assert len(set(names)) == len(names)


def test_panels_do_not_overlap() -> None:
    cells = [
        (x, y)
        for panel in PANELS
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_figure_stands_in_the_manual(metric) -> None:
    labels = f"`{{{','.join(metric.labels)}}}`" if metric.labels else ""
    assert f"| `{metric.name}`{labels and ' ' + labels} |" in MANUAL


def test_the_manual_names_no_figure_that_there_is_not() -> None:
    assert set(re.findall(r"^\| `(mailer_[a-z_]+)`", MANUAL, re.MULTILINE)) == {metric.name for metric in METRICS}
