"""Writes what was measured into docs/performance.md, between its markers, and draws the plot beside it."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.benchmarks.contenders import CONTENDERS, OURS
from tests.benchmarks.figures import Results, Run, Side
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
    parts.append(f"### Commands from their start to their end, beside the older commit\n\n{commands_table(results)}")
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
    columns = [column for column in COLUMNS if any(column.figure(scene, key, results) for key in ran)]
    head = ["client"]
    for language in scene.languages:
        head += [f"{LANGUAGES[language]}: copies/s", "CPU µs a copy", "ours / it"]
    head += [column.head for column in columns]
    rows = [_row(scene, key, results, columns) for key in ran]
    return "\n\n".join([table(head, rows), *left_out])


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """What stands once in a row, for the scene's first language. It is left out where no run has it."""

    head: str
    what: Callable[[Run], float]
    shown: str
    only_far: bool = False

    def figure(self, scene: Scene, contender: str, results: Results) -> float | None:
        """The median; None or 0 where it was not measured."""
        if self.only_far and not scene.far:
            return None
        return results.middle(scene.key, contender, scene.languages[0], self.what)


COLUMNS = (
    Column(head="sink: CPU µs a copy", what=lambda run: run.sink_cpu_us, shown=",.0f"),
    Column(head="kB a message", what=lambda run: run.octets / 1000, shown=".0f"),
    Column(head="peak MB", what=lambda run: run.peak_mb, shown=".0f"),
    Column(head="round trips a copy", what=lambda run: run.round_trips, shown=".2f", only_far=True),
)


def _row(scene: Scene, key: str, results: Results, columns: Iterable[Column]) -> list[str]:
    cells = [CONTENDERS[key].name]

    def middle(language: str, what: Callable[[Run], float]) -> str:
        figure = results.middle(scene.key, key, language, what)
        return NONE if figure is None else f"{figure:,.0f}"

    for language in scene.languages:
        ratio = results.ratio(scene.key, OURS, key, language) if key != OURS else None
        cells += [middle(language, lambda run: run.per_second), middle(language, lambda run: run.cpu_us)]
        cells.append(NONE if ratio is None else f"{ratio:.2f}")
    for column in columns:
        figure = column.figure(scene, key, results)
        cells.append(format(figure, column.shown) if figure else NONE)
    return cells


def scaling_table(results: Results) -> str:
    """A row for each size."""
    if not results.scaled:
        return "Not measured yet: `make bench-scaling`."
    head = ["copies", "plan s", "approve s", "begin s", "send s", "all s", "µs a copy", "plan, approve: MB", "send: MB"]
    rows = []
    for mailing in sorted(results.scaled, key=lambda mailing: mailing.copies):
        times = (mailing.plan, mailing.approve, mailing.begin, mailing.send, mailing.seconds)
        cells = [f"{mailing.copies:,}", *(f"{time:,.1f}" for time in times)]
        each = mailing.seconds / mailing.copies * 1e6
        rows.append([*cells, f"{each:,.0f}", f"{mailing.plan_mb:.0f}", f"{mailing.send_mb:.0f}"])
    return "\n\n".join([table(head, rows), _words(results.about_scaling)])


def commands_table(results: Results) -> str:
    """A row for each command and size, with the other checkout's beside ours where it was run."""
    if not results.commands:
        return "Not measured yet: `make bench-scaling`."
    head = ["command", "people"]
    for side in ("ours", "older"):
        head += [f"{side}: s", "processor s", "MB"]
    head.append("ours / older")
    rows = []
    for name, people in dict.fromkeys((command.name, command.people) for command in results.commands):
        cells = [f"`mailer {name}`", f"{people:,}"]
        for side in Side:
            rounds = results.of_command({name}, side, people).values()
            for what in ("seconds", "cpu_seconds", "peak_mb"):
                figures = [getattr(command, what) for commands in rounds for command in commands]
                cells.append(format(median(figures), ",.0f" if what == "peak_mb" else ",.1f") if figures else NONE)
        ratio = results.beside({name}, people)
        rows.append([*cells, NONE if ratio is None else f"{ratio:.2f}"])
    return table(head, rows)


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
