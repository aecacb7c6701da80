"""Named questions, one SQL file each: what the demo, the documents and the boards ask."""

from importlib.resources import files

_FOLDER = files("fixloop.land.queries")


def query_names() -> tuple[str, ...]:
    """The names of all questions, sorted."""
    return tuple(
        sorted(entry.name.removesuffix(".sql") for entry in _FOLDER.iterdir() if entry.name.endswith(".sql"))
    )


def query_text(name: str) -> str:
    """The SQL of a question.

    Raises:
        FileNotFoundError: there is none of that name.
    """
    return _FOLDER.joinpath(f"{name}.sql").read_text(encoding="utf-8")
