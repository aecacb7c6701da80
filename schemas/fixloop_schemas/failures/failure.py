"""What a failure says, before it is digested."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Failure:
    """A failure's error type, message and frame, as far as the text tells."""

    error_type: str | None = None
    message: str | None = None
    frame: str | None = None
    """`file::function` nearest to the failure in the project's own code. The file's name alone: a text says now `src/cart.py`, now
    `/home/ada/shop/src/cart.py`, and not where the project begins."""
    complete: bool = True
    """False when the text is known not to hold all that a signature needs."""
