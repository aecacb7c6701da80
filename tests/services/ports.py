"""Ports for servers that a test starts."""

import random
import socket

# Below the range from which systems take ports for outgoing connections, so that nobody is given a server's
# port while that server is down between a stop and a restart.
LOWEST, HIGHEST = 20_000, 31_999


def free_ports(count: int) -> tuple[int, ...]:
    """As many different ports on 127.0.0.1 as asked for, each free at the moment of asking."""
    found: list[int] = []
    for port in random.SystemRandom().sample(range(LOWEST, HIGHEST + 1), HIGHEST - LOWEST):
        if len(found) == count:
            break
        if _is_free(port):
            found.append(port)
    return tuple(found)


def free_port() -> int:
    """One port on 127.0.0.1 that is free at the moment of asking."""
    return free_ports(1)[0]


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
