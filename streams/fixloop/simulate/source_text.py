"""Lines that look like source code, and failures that look like failures: real text, so that digests come from really editing it."""

from dataclasses import dataclass
from random import Random
from typing import Final

_NOUNS: Final = tuple(
    (  # noqa: SIM905 -- words read better as words
        "account basket batch buffer cache cart channel chunk client cursor date discount entry event "
        "field filter frame header index invoice item key label lease limit lock margin message node "
        "offset order page parcel price queue quota range rate record refund region report retry row "
        "sample schema score shard slot stock stream table tax tenant ticket timer token total tree unit "
        "user vector voucher window zone"
    ).split()
)
_VERBS: Final = tuple(
    (  # noqa: SIM905 -- words read better as words
        "add apply bind build cap check clear clip close collect count drop emit expand fetch flush fold "
        "group hold join keep limit link load map mark merge move note open pack parse pick place plan "
        "pull push rank read refresh release resolve round scan seal select send shift skip sort split "
        "stage store sum swap sync take trace trim unpack wrap"
    ).split()
)
COMMON_LINES: Final = (
    "    return result",
    "    if value is None:",
    "        return None",
    "    result = []",
    "",
)
"""Lines that occur in every file, as everywhere."""

_ERRORS: Final = (
    ("AssertionError", "assert {a} == {b}"),
    ("AssertionError", "expected {noun} to be {a}, got {b}"),
    ("AssertionError", "{noun} {a} is not in <{noun}s object at {hex}>"),
    ("KeyError", "'{noun}_{a}'"),
    ("TypeError", "unsupported operand type(s) for +: '{noun}' and 'NoneType' (item {a})"),
    ("ValueError", "invalid {noun}: {a} (read from {tmp}/{noun}.json)"),
    ("AttributeError", "'{noun}' object has no attribute '{verb}_{a}'"),
    ("IndexError", "{noun} index {a} out of range after {secs}"),
)


@dataclass(frozen=True, slots=True)
class Failure:
    """How a test fails. The text still holds what varies from run to run: `{hex}`, `{tmp}`, `{secs}`."""

    error_type: str
    text: str
    frame: str

    def told(self, rng: Random) -> str:
        """The message of one run."""
        if "{" not in self.text:
            return self.text
        return self.text.format(
            hex=f"0x7f{rng.getrandbits(40):010x}",
            tmp=f"/tmp/run-{rng.randint(1000, 99999)}",  # noqa: S108 -- a text, never opened
            secs=f"{rng.randint(1, 900) / 100:.2f}s",
        )


def noun(rng: Random) -> str:
    """A thing."""
    return rng.choice(_NOUNS)


def phrase(rng: Random) -> str:
    """A name for a test or a function."""
    return f"{rng.choice(_VERBS)}_{rng.choice(_NOUNS)}_{rng.choice(_NOUNS)}"


def block(rng: Random) -> tuple[str, ...]:
    """Some lines of code, few of which occur elsewhere."""
    return tuple(_line(rng) for _ in range(rng.randint(3, 6)))


def failure(rng: Random, frame: str) -> Failure:
    """A way to fail."""
    error_type, text = rng.choice(_ERRORS)
    a = rng.randint(1, 99)
    filled = {"a": a, "b": a + rng.randint(1, 99), "noun": rng.choice(_NOUNS), "verb": rng.choice(_VERBS)}
    varying = {"hex": "{hex}", "tmp": "{tmp}", "secs": "{secs}"}
    return Failure(error_type, text.format(**filled, **varying), frame)


def _line(rng: Random) -> str:
    if rng.random() < 0.15:
        return rng.choice(COMMON_LINES)
    thing = rng.choice(_NOUNS)
    return f"    {thing}_{rng.choice(_NOUNS)} = {rng.choice(_VERBS)}_{thing}({rng.choice(_NOUNS)}, {rng.randint(0, 999)})"
