"""`python -m fixloop.emit.hook HOST`: what an agent calls. Always exits with 0, prints nothing, and is gone within a second.

An agent waits for its hook, so this imports next to nothing before it knows that there is anything to say.
"""

import gc
import os
import sys

from fixloop.emit.switch import switched_off

HOSTS = {"claude-code": "claude_code_hook"}
"""By the host's name, the module of this package with its `main() -> int`."""


def main(host: str) -> int:
    """Take one call of a host's hook from the standard input. Returns 0, whatever happens."""
    if switched_off(os.environ) or host not in HOSTS:
        return 0
    try:
        from importlib import import_module

        code: int = import_module(f"fixloop.emit.{HOSTS[host]}").main()
    except Exception:
        return 0  # what cannot even be imported has nowhere to say so
    return code


def entry() -> None:
    """`fixloop-hook HOST`. Leaves without tidying up: what has to be written is written, and the rest goes with the process."""
    gc.disable()
    code = main(sys.argv[1] if len(sys.argv) > 1 else "")
    os._exit(code)


if __name__ == "__main__":
    entry()
