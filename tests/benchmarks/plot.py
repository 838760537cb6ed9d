"""Draws how many copies a second each client sends and what a copy costs it, in colours that suit light and dark pages."""

from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tests.benchmarks.contenders import CONTENDERS, OURS
from tests.benchmarks.figures import Results
from tests.benchmarks.scenes import BY_KEY

INK = "#768390"  # readable on white and on a dark page
COLOURS = {"en": ("#1f9e77", "#8c9aa8"), "ru": ("#2b7bba", "#a9b4bf")}  # ours, theirs
WORDS = {"en": "English", "ru": "Russian"}
STYLE = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "club-mailer",  # the same file from the same figures
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.edgecolor": INK,
    "axes.facecolor": "none",
}


def draw(results: Results, into: Path) -> None:
    """An SVG with two panels; nothing in it but the figures of the first scene."""
    scene = BY_KEY["smtp-sink"]
    names = [key for key in scene.copies if results.of(scene.key, key, "en") or results.of(scene.key, key, "ru")]
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(10, 0.55 * len(names) + 1.3), layout="constrained")
        speed, cost = figure.subplots(1, 2, sharey=True)
        for language in scene.languages:
            rates = [results.middle(scene.key, key, language, lambda run: run.per_second) or 0.0 for key in names]
            costs = [results.middle(scene.key, key, language, lambda run: run.cpu_us) or 0.0 for key in names]
            _bars(speed, names, rates, language)
            _bars(cost, names, costs, language)
        _dress(speed, "copies a second, to smtp-sink (more is better)")
        _dress(cost, "processor time a copy, µs (less is better)")
        speed.set_yticks(range(len(names)), [_short(key) for key in names])
        speed.invert_yaxis()
        figure.savefig(into, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    into.write_text("\n".join(one.rstrip() for one in into.read_text().splitlines()) + "\n")


def _bars(axes: Axes, names: list[str], values: list[float], language: str) -> None:
    shift, height = (-0.2 if language == "en" else 0.2), 0.36
    ours, theirs = COLOURS[language]
    colours = [ours if key == OURS else theirs for key in names]
    places = [place + shift for place in range(len(names))]
    bars = axes.barh(places, values, height, color=colours)
    axes.bar_label(
        bars, [f" {value:,.0f}  {WORDS[language]}" if value else "" for value in values], fontsize=8, color=INK
    )


def _dress(axes: Axes, title: str) -> None:
    axes.set_title(title, fontsize=10, loc="left")
    axes.margins(x=0.4)
    axes.set_xticks([])
    axes.tick_params(length=0)
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)


def _short(key: str) -> str:
    return CONTENDERS[key].name.replace("**", "").replace(" (C; nothing personal, nothing recorded)", " (C)")
