"""`fixloop-hook HOST`: what an agent calls, or git. Always exits with 0, prints nothing, and is gone within a second.

An agent waits for its hook, so this imports next to nothing before it knows that there is anything to say.
"""

import gc
import os
import sys

from fixloop.emit.switch import switched_off

HOSTS = {
    "claude-code": "claude_code",
    "codex": "codex",
    "copilot": "copilot",
    "cursor": "cursor",
    "gemini": "gemini",
    "opencode": "opencode",
}
"""By the host's name, the module of this package that reads its calls: `read(fields, environment) -> HookCall`, and `AGENT`."""


GIT = "git"
"""The host that is no agent, and gives its hooks arguments."""


def main(host: str, *arguments: str) -> int:
    """Take one call of a host's hook: an agent's from the standard input, git's from the arguments. Returns 0, whatever happens."""
    if switched_off(os.environ):
        return 0
    try:
        if host == GIT:
            from fixloop.emit.agents.one_call import look

            look(arguments, os.environ)
        elif host in HOSTS:
            from fixloop.emit.agents.one_call import listen

            listen(host, HOSTS[host], sys.stdin.buffer, os.environ)
    except Exception:
        return 0  # what cannot even be imported has nowhere to say so
    return 0


def entry() -> None:
    """`fixloop-hook HOST [ARGUMENT...]`. Leaves without tidying up: what has to be written is, and the rest goes with the process."""
    gc.disable()
    code = main(*(sys.argv[1:] or ("",)))
    os._exit(code)


if __name__ == "__main__":
    entry()
