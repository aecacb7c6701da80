"""The names under which the worker's roles keep their place in Kafka. Standard library and core only: `topics apply` needs no Faust.

Each role is a Faust application, and so a consumer group, of its own: they are deployed and scaled apart, and one that stands still
holds nobody up. The name of a role that folds carries the version of its states. A new program that reads states otherwise begins a group
of its own at the oldest event that is kept, folds what is there anew, and comes to the same detections under the same ids.
"""

from typing import Final

from fixloop.detect.ledger.state import LEDGER_VERSION
from fixloop.detect.state import STATE_VERSION
from fixloop_schemas.topics import EVENTS, LEDGER

DETECT_GROUP: Final = f"fixloop-detect-s{STATE_VERSION}"
LEDGER_GROUP: Final = f"fixloop-ledger-s{LEDGER_VERSION}"
LAND_GROUP: Final = "fixloop-land"

SESSION_TABLE: Final = "sessions"
SESSION_CHANGELOG: Final = f"{DETECT_GROUP}-{SESSION_TABLE}-changelog"
"""Where the session states are kept; Faust derives this name from group and table, and so do we."""
LEDGER_TABLE: Final = "ledgers"
LEDGER_CHANGELOG: Final = f"{LEDGER_GROUP}-{LEDGER_TABLE}-changelog"

CHANGELOGS: Final = {SESSION_CHANGELOG: EVENTS, LEDGER_CHANGELOG: LEDGER}
"""Each changelog, and the topic whose partitions it follows: a state lies where the events lie that changed it."""

MAX_STATE_BYTES: Final = 16 * 1024 * 1024
"""The largest message of a changelog. A compressed state is some kilobytes; its bounds keep it far below this."""
