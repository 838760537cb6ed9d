"""Writes what was measured into docs/performance.md, between its markers, and draws the plot beside it."""

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tests.benchmarks.contenders import CONTENDERS, OURS
from tests.benchmarks.figures import Results, Run
from tests.benchmarks.goals import GOALS, line
from tests.benchmarks.scenes import SCENES, Scene

DOCS = Path(__file__).parents[2] / "docs"
BEGIN, END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"
LANGUAGES = {"en": "English", "ru": "Russian"}
NONE = "–"


def table(head: Sequence[str], rows: Iterable[Sequence[str]], words: Sequence[int] = (0,)) -> str:
    """A table of Markdown; these columns are words, the others are figures."""
    rule = ["---" if number in words else "---:" for number in range(len(head))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def replaced(said: str, figures: str) -> str:
    """The page with other figures between its markers. ValueError when they do not stand once each."""
    if said.count(BEGIN) != 1 or said.count(END) != 1:
        raise ValueError("the page must have both markers, each of them once")
    before, _, rest = said.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{figures.strip()}\n\n{END}{after}"


def figures(results: Results) -> str:
    """Everything between the markers."""
    parts = [_about(results), "### Goals\n\n" + _goals(results)]
    parts += [f"### {scene.title}\n\n{scene_table(scene, results)}" for scene in SCENES]
    parts.append(f"### A mailing from the plan to the last reply, by its size\n\n{scaling_table(results)}")
    return "\n\n".join(parts)


def scene_table(scene: Scene, results: Results) -> str:
    """A row for each contender that ran, and a sentence for each that did not."""
    ran = [key for key in scene.copies if any(results.of(scene.key, key, language) for language in scene.languages)]
    left_out = [
        f"{CONTENDERS[key].name} was left out: {results.absent.get(f'{scene.key} {key}', 'not asked for')}."
        for key in scene.copies
        if key not in ran
    ]
    if not ran:
        return f"Not measured: {results.absent.get(scene.key, 'not asked for')}."
    head = ["client"]
    for language in scene.languages:
        head += [f"{LANGUAGES[language]}: copies/s", "CPU µs a copy", "ours / it"]
    head += ["peak MB"] + (["round trips a copy"] if scene.key.startswith("far") else [])
    rows = [_row(scene, key, results) for key in ran]
    return "\n\n".join([table(head, rows), *left_out])


def _row(scene: Scene, key: str, results: Results) -> list[str]:
    cells = [CONTENDERS[key].name]

    def middle(language: str, what: Callable[[Run], float], shown: str) -> str:
        found = results.middle(scene.key, key, language, what)
        return NONE if found is None else format(found, shown)

    for language in scene.languages:
        ratio = results.ratio(scene.key, OURS, key, language) if key != OURS else None
        cells += [
            middle(language, lambda run: run.per_second, ",.0f"),
            middle(language, lambda run: run.cpu_us, ",.0f"),
        ]
        cells.append(NONE if ratio is None else f"{ratio:.2f}")
    first = scene.languages[0]
    cells.append(middle(first, lambda run: run.peak_mb, ".0f"))
    if scene.key.startswith("far"):
        cells.append(middle(first, lambda run: run.round_trips, ".2f"))
    return cells


def scaling_table(results: Results) -> str:
    """A row for each size."""
    if not results.scaled:
        return "Not measured yet: `make bench-scaling`."
    head = ["copies", "plan s", "approve s", "begin s", "send s", "all s", "µs a copy", "peak MB"]
    rows = []
    for one in sorted(results.scaled, key=lambda one: one.copies):
        times = (one.plan, one.approve, one.begin, one.send, one.seconds)
        each = one.seconds / one.copies * 1e6
        rows.append([f"{one.copies:,}", *(f"{time:,.1f}" for time in times), f"{each:,.0f}", f"{one.peak_mb:.0f}"])
    return "\n\n".join([table(head, rows), _words(results.about_scaling)])


def _goals(results: Results) -> str:
    rows = [(*line(goal, results), goal.why) for goal in GOALS]
    return table(["what", "goal", "reached", "enough", "why this goal"], rows, words=(0, 3, 4))


def _about(results: Results) -> str:
    return _words(results.about) if results.runs else "Nothing has been measured yet: `make bench`."


def _words(about: dict[str, str]) -> str:
    known = "; ".join(f"{name} {value}" for name, value in about.items() if value and name not in {"method", "warning"})
    warning = about.get("warning", "")
    return "\n\n".join(
        one for one in (warning and f"**{warning}**", about.get("method", ""), f"Taken with: {known}.") if one
    )


def kept() -> Results:
    """What docs/performance.json holds from the last time."""
    file = DOCS / "performance.json"
    return Results.load(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else Results()


def write(results: Results) -> None:
    """docs/performance.json, .md and .svg say what was measured."""
    kept_as = json.dumps(results.dump(), indent=1, ensure_ascii=False)
    (DOCS / "performance.json").write_text(kept_as + "\n", encoding="utf-8")
    page = DOCS / "performance.md"
    page.write_text(replaced(page.read_text(encoding="utf-8"), figures(results)), encoding="utf-8")
    from tests.benchmarks import plot  # needs the bench extra, which the harness's own test does not

    plot.draw(results, DOCS / "performance.svg")
