"""A worker's place in its group, as a test says that it is."""

from fixloop.workers.membership import Membership


class Member(Membership):
    """A member, until told otherwise."""

    def __init__(self) -> None:
        super().__init__(10.0)
        self.member = True

    @property
    def certain(self) -> bool:
        """What the test says."""
        return self.member
