"""Long names in little room. Pure."""

from fixloop.board.symbols import Symbols


def end_of(name: str, symbols: Symbols, room: int) -> str:
    """As much of a test's name as there is room for: the end tells more than the folder."""
    if len(name) <= room:
        return name
    inside = name.partition("::")[2]
    return inside if inside and len(inside) <= room else symbols.elided + name[-(room - 1) :]
