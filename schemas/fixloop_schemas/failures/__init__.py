"""What a runner printed about one failure, read as error type, message and frame. Pure; standard library only.

One module a runner, shared by emitters and readers, so that the same failure has the same signature whoever saw it. What a runner
prints depends on its options and on where it ran; what is read here does not, as far as it can be helped. Figures:
docs/signatures.md.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from fixloop_schemas.failures import go, jest, junit, pytest, rust, unittest
from fixloop_schemas.failures.failure import Failure
from fixloop_schemas.failures.text import plain

EXTRACTORS: Final[Mapping[str, Callable[[str], Failure]]] = MappingProxyType(
    {
        "pytest": pytest.extract,
        "unittest": unittest.extract,
        "go": go.extract,
        "jest": jest.extract,
        "vitest": jest.extract,
        "bun": jest.extract,
        "rust": rust.extract,
        "junit": junit.extract,
    }
)


def extract(framework: str, text: str) -> Failure:
    """One failure as its runner printed it: its whole section, block or report, not the whole run.

    Args:
        framework: the runner's name; of an unknown one the text is the message.
        text: what was printed, with colours or without.
    """
    extractor = EXTRACTORS.get(framework)
    text = plain(text)
    found = extractor(text) if extractor else Failure(message=text)
    return replace(found, message=(found.message or "").strip() or None)


__all__ = ["EXTRACTORS", "Failure", "extract"]
