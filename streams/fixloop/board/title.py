"""What stands above a session's timeline: which session, by whom, on what. Pure."""

from fixloop.board.grid import Grid
from fixloop.board.line import Line, Piece, Style, line
from fixloop.board.symbols import Symbols
from fixloop_schemas.events.wire import Attribution


def title(grid: Grid, who: Attribution, symbols: Symbols) -> tuple[Line, ...]:
    """The session's id; agent, model and repository where they are known, and how much there is of it."""
    product = sum(change.product for change in grid.changes)
    parts = (
        who.gen_ai_agent_name,
        who.gen_ai_request_model,
        who.vcs_repository_name,
        f"{len(grid.runs)} runs",
        f"{product} product edits",
        f"{len(grid.changes) - product} other edits",
    )
    known = f" {symbols.between} ".join(part for part in parts if part)
    return line(Piece(grid.session_id, Style.HEADING)), line(known)
