"""Data flows one way, and stages meet in the schemas only."""

from tests.architecture.project import program, run


def test_every_import_contract_holds() -> None:
    """The contracts in `pyproject.toml` (layers, a pure core, emitters without dependencies, ...) are kept."""
    said = run(program("lint-imports"), "--no-cache")
    assert ", 0 broken." in said
