"""The adapters of agents' hooks by the names of their hosts."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from fixloop.emit.agents.hook import HOSTS
from fixloop.emit.agents.hook_call import HookCall


def read(host: str, call: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> HookCall:
    """What a call of the host's hook tells."""
    adapter: Callable[[Mapping[str, Any], Mapping[str, str]], HookCall] = import_module(
        f"fixloop.emit.agents.{HOSTS[host]}"
    ).read
    return adapter(call, environment or {})
