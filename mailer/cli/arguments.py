"""Arguments that several commands take."""

from typing import Annotated

import typer

Issue = Annotated[str, typer.Argument(metavar="ISSUE", help="<newsletter>/<serial>, e.g. russia-confidential/253")]
AsPlanned = Annotated[
    bool, typer.Option("--as-planned", help="although the register says otherwise now; kept in the history")
]
