"""Reads the two diagrams of docs/flow.md back into tables."""

import re
from pathlib import Path

FLOW = Path(__file__).parents[2] / "docs" / "flow.md"


def drawn(machine: str) -> dict[tuple[str, str], str]:
    """The machine's diagram in section 7: a state, then each exit as ─event▶ state; a line without a state goes on."""
    _, after = FLOW.read_text(encoding="utf-8").split("**7. ", 1)
    diagrams = dict(zip(("delivery", "mailing"), after.split("```")[1].strip().split("\n\n"), strict=True))
    moves: dict[tuple[str, str], str] = {}
    ends, state = [], ""
    for line in diagrams[machine].splitlines():
        if line.endswith(": no exits"):
            ends += line.partition(":")[0].split(", ")
            continue
        state = line.split()[0] if line[0] != " " else state
        for event, to in re.findall(r"─(\w+)▶ (\w+)", line):
            assert (state, event) not in moves, f"{state} {event} is drawn twice"
            moves[state, event] = to
    assert not {state for state, _ in moves} & set(ends), "a state without exits has none"
    assert {state for state, _ in moves} | set(ends) == {state for state, _ in moves} | set(moves.values())
    return moves
