"""Programs out of Debian packages, unpacked into the cache: the system itself stays as it is."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.services.cache import cache_root, cached
from tests.services.errors import MissingProgramError, ServiceError

PACKAGES = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "amtool": "prometheus-alertmanager",
    "chromium": "chromium",
}
# What the same program is called where it did not come from Debian.
OTHER_NAMES = {
    "prometheus-alertmanager": ("alertmanager",),
    "chromium": ("chromium-browser", "google-chrome"),
}


def debian_tool(name: str) -> Path:
    """The program `name`, one of PACKAGES.

    Raises:
        MissingProgramError: it could not be fetched and is not on PATH; it names the package to install.
    """
    if name == "chromium":
        return _chromium()
    if not _has_apt():
        return _installed(name, "this is no Debian: there is no apt-get or no dpkg")
    try:
        return cached(f"debian-{PACKAGES[name]}", _unpack) / "usr" / "bin" / name
    except ServiceError as failure:
        return _installed(name, str(failure))


def _has_apt() -> bool:
    return all(shutil.which(tool) for tool in ("apt-get", "dpkg"))


def _installed(name: str, why_not_fetched: str) -> Path:
    for candidate in (name, *OTHER_NAMES.get(name, ())):
        found = shutil.which(candidate)
        if found is not None:
            return Path(found)
    raise MissingProgramError(
        f"'{name}' is not on PATH and could not be fetched ({why_not_fetched}). "
        f"Install the package '{PACKAGES[name]}' (Debian: apt-get install {PACKAGES[name]})."
    )


def _unpack(directory: Path) -> None:
    """Fetch the package that the directory is named for and unpack it there."""
    package = directory.name.removeprefix(".debian-").rpartition(".")[0]
    download = ("download", package)
    if not _apt(download, directory):
        # No package lists, or lists so old that the package has moved: lists of our own need no root.
        lists = cache_root() / "apt-lists"
        (lists / "partial").mkdir(parents=True, exist_ok=True)
        own = (
            "-o",
            f"Dir::State::lists={lists}",
            "-o",
            "Dir::Cache::pkgcache=",
            "-o",
            "Dir::Cache::srcpkgcache=",
        )
        if not (_apt((*own, "update"), directory) and _apt((*own, *download), directory)):
            raise ServiceError(f"apt-get download {package} failed")
    (archive,) = directory.glob("*.deb")
    _run(["dpkg", "-x", str(archive), str(directory)], directory)
    archive.unlink()


def _apt(arguments: tuple[str, ...], directory: Path) -> bool:
    return _run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", *arguments], directory).returncode == 0


def _run(command: list[str], directory: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, cwd=directory, capture_output=True, check=False)


def _chromium() -> Path:
    """A browser has too many libraries to unpack beside the system: one that is installed, or root installs it."""
    try:
        return _installed("chromium", "a browser is not fetched without root")
    except MissingProgramError:
        if os.geteuid() != 0 or not _has_apt():
            raise
    install = ["apt-get", "-q", "-y", "install", "--no-install-recommends", "chromium"]
    if _run(install, Path("/")).returncode != 0:
        _run(["apt-get", "-q", "update"], Path("/"))
        _run(install, Path("/"))
    return _installed("chromium", "apt-get install failed")
