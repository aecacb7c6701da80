"""Sessions that never happened, with the truth about them: a world of files, tests and bugs, agents with habits, and a noisy wire.

Pure and deterministic: session number i of a seed is the same however many are asked for. It knows nothing of how detection works;
what is true of a session follows from what the agent did to which bug, and from which runs were made.
"""

from fixloop.simulate.profile import PROFILES, Profile
from fixloop.simulate.session import Simulated, simulate
from fixloop.simulate.truth import Label, SessionTruth, Truth, read_truth

__all__ = [
    "PROFILES",
    "Label",
    "Profile",
    "SessionTruth",
    "Simulated",
    "Truth",
    "read_truth",
    "simulate",
]
