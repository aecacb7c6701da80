"""`FIXLOOP`: one word for every emitter. Imports nothing, since whoever is switched off should cost nothing."""

from collections.abc import Mapping

_OFF = ("0", "off", "no", "false")


def switched_off(environment: Mapping[str, str]) -> bool:
    """Whether everything is to be quiet, hooks too."""
    return environment.get("FIXLOOP", "").strip().lower() in _OFF


def switched_on(environment: Mapping[str, str]) -> bool:
    """Whether test runners are asked for their runs; they say nothing unless they are."""
    return environment.get("FIXLOOP", "") != "" and not switched_off(environment)
