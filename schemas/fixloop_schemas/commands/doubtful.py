"""Words of a test command that may be no selectors: values of options that nobody knows, and what is handed through to something else.

`npm test -- --token swordfish` asks for no test of that name. They count as selectors, since they tell two calls apart; in plain they
are not told.
"""

import re
from typing import Final

from fixloop_schemas.commands.runners import RULES
from fixloop_schemas.path_role import path_role
from fixloop_schemas.vocabulary import PathRole

_KNOWN: Final = frozenset(
    option for rule in RULES for option in (*rule.selecting, *rule.narrowing, *rule.everything)
)
_FLAG: Final = re.compile(
    r"-\w{1,3}"
    r"|--(?:no-[\w\-]+|all|all-features|all-targets|bail|bins|ci|coverage|debug|doc|exact|fail-?fast|fixloop|force-?exit|forceExit"
    r"|headed|ignored|info|keepdb|lib|locked|nocapture|offline|pass-with-no-tests|passWithNoTests|quiet|release|run|run-in-band"
    r"|runInBand|silent|stacktrace|strict-\w+|test|tests|ui|verbose|watch|watchAll|workspace)",
)
"""Options without a value, as far as they are seen often."""
_HANDED_THROUGH: Final = ("--", "-args", "--args")


def doubtful_words(words: tuple[str, ...]) -> frozenset[str]:
    """The words of one program that may be something else than a selector; a file of tests is none of them."""
    found: set[str] = set()
    doubt = handed_through = False
    for word in words[1:]:
        if word in _HANDED_THROUGH:
            handed_through = words[0] != "cargo"  # whose tests are named behind it
            doubt = False
        elif word.startswith("-"):
            name, equals, _ = word.partition("=")
            doubt = not (equals or name in _KNOWN or _FLAG.fullmatch(name))
        elif (doubt or handed_through) and path_role(word.partition("::")[0]) is not PathRole.TEST:
            found.add(word)
            doubt = False
        else:
            doubt = False
    return frozenset(found)
