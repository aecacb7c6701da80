"""Which code a recorded session was about, and where in it a path lies.

The written rule, per data set:

- `entire:OWNER/NAME` is a recording inside of that repository: `OWNER/NAME`.
- a session named after a SWE-bench instance (`owner__name-number`, in any data set) works on a tree of its own: `swe-bench/<instance>`.
  Each attempt at it starts in a new container, so nothing that one session did is there in another.
- anything else is known by its data set's name alone, so that name it is.

Paths are made relative to the repository where an absolute one shows its root: a folder named as the repository or a worktree
of it, or one of the roots at which benchmark images keep their one repository. What lies elsewhere stays as it is, and is
thereby scratch.
"""

import re
from typing import Final

from fixloop_schemas.names import bounded

_ENTIRE: Final = re.compile(r"entire:(?P<repository>[^/\s]+/[^/\s:]+)")
_INSTANCE: Final = re.compile(r"(?P<instance>[A-Za-z0-9][\w.\-]*?__[A-Za-z0-9][\w.\-]*?-\d+)(?![\w])")
_IMAGE_ROOT: Final = re.compile(r"/(?:testbed|repo|workspace/[^/]+__[^/]+|[^/]+__[^/]+)/(?P<inside>.+)")


def repository_of(dataset: str, session: str) -> str:
    """The repository, or the lineage that stands for one."""
    if entire := _ENTIRE.fullmatch(dataset):
        return bounded(entire["repository"])
    if instance := _INSTANCE.match(session):
        return bounded(f"swe-bench/{instance['instance']}")
    return bounded(dataset)


def works_on_its_own_tree(session: str) -> bool:
    """Whether the session's workspace was made for it alone."""
    return _INSTANCE.match(session) is not None


def inside_repository(path: str, repository: str) -> str:
    """The path relative to its repository where that can be told; else the path as it was recorded."""
    path = path.replace("\\", "/")
    while path.startswith("./") and len(path) > len("./"):
        path = path[2:]
    if not path.startswith(("/", "~")) and not re.match(r"[A-Za-z]:/", path):
        return path
    if image := _IMAGE_ROOT.match(path):
        return image["inside"]
    name = re.escape(repository.rpartition("/")[2])
    root = re.search(rf"/(?:{name}|{name}[._\-]+worktrees/[^/]+)/(?P<inside>.+)", path)
    return root["inside"] if root else path
