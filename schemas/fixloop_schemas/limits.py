"""Bounds that every side keeps to. Standard library only."""

MAX_EVENT_BYTES = 256 * 1024
"""The largest encoded event. Kafka's default `max.message.bytes` is 1 MiB; a part of a test run has to fit well inside of it."""

MAX_RESULTS_PER_PART = 2_000
"""The most test results in one part; long names reach the limit in bytes first."""

MAX_FILE_PATH = 1024
"""Characters of a file's path."""

MAX_HUNKS = 200
MAX_LINE_HASHES_PER_HUNK = 2_000
MAX_SEQ = 2**53 - 1
"""The largest integer that JSON readers in every language keep exactly."""

MAX_TOLD_EDITS = 50
"""Edits that a session tells the ledger of one bug's transition."""

MAX_TOLD_LINES = 100
"""Line hashes on each side of such an edit: fifty edits at these bounds stay well inside of an event."""
