"""What git knows of a folder, read from its files: starting git at every edit would cost more than all else."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

_SECTION: Final = re.compile(r'^\[\s*([\w.\-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]')
_HOST: Final = re.compile(r"^[A-Za-z][\w+.\-]*:/{2,}[^/]*|^[^/]*:", re.ASCII)
"""Of a URL, or of the form `host:path`, with all that may stand before the host."""
_ON_DISK: Final = re.compile(r"[/.~]|[A-Za-z]:/|file:", re.IGNORECASE)
_REVISION: Final = re.compile(r"^[0-9a-f]{40,64}$")
_MAX_BYTES: Final = 4 * 1024 * 1024


class WorkingCopy(NamedTuple):
    """A checkout: its root folder and, where known, its name, branch and commit."""

    root: Path
    name: str | None = None
    branch: str | None = None
    revision: str | None = None
    email: str | None = None
    """`user.email` of this repository's own configuration."""
    git: Path | None = None
    """The git directory; of a linked worktree its own, not the one that it shares."""
    linked: bool = False
    """It is a linked worktree (`git worktree add`) of another working copy."""


def working_copy(folder: Path) -> WorkingCopy | None:
    """The checkout that `folder` lies in; None outside of any."""
    found = _checkout_around(folder)
    return _described(*found) if found else None


def root_around(folder: Path) -> Path | None:
    """The root of the checkout that `folder` lies in, and nothing else of it."""
    found = _checkout_around(folder)
    return found[0] if found else None


def _checkout_around(folder: Path) -> tuple[Path, Path] | None:
    """The root of the checkout that `folder` lies in, and its git directory."""
    folder = folder.resolve()
    for root in (folder, *folder.parents):
        if (git := _git_directory(root)) is not None:
            return root, git
    return None


def git_email(environment: Mapping[str, str], copy: WorkingCopy | None) -> str | None:
    """The address that git would put on a commit here."""
    if named := environment.get("GIT_AUTHOR_EMAIL"):
        return named
    if copy is not None and copy.email:
        return copy.email
    home = Path(environment.get("HOME", "~")).expanduser()
    xdg = Path(environment.get("XDG_CONFIG_HOME") or home / ".config")
    for path in (home / ".gitconfig", xdg / "git/config"):
        for section, _, key, value in _settings(path):
            if (section, key) == ("user", "email"):
                return value
    return None


def _git_directory(root: Path) -> Path | None:
    git = root / ".git"
    if git.is_dir():
        return git
    pointer = _text(git).strip()
    if pointer.startswith("gitdir:"):
        return (root / pointer.removeprefix("gitdir:").strip()).resolve()
    return None


def _described(root: Path, git: Path) -> WorkingCopy:
    shared = (git / common).resolve() if (common := _text(git / "commondir").strip()) else git
    head = _text(git / "HEAD").strip()
    reference = head.removeprefix("ref: ") if head.startswith("ref: ") else None
    revision = _revision(git, shared, reference) if reference else head
    settings = list(_settings(shared / "config"))
    emails = [value for section, _, key, value in settings if (section, key) == ("user", "email")]
    remotes = {name: value for section, name, key, value in settings if (section, key) == ("remote", "url")}
    url = remotes.get("origin") or next(iter(remotes.values()), None)
    return WorkingCopy(
        root=root,
        name=repository_name(url) if url else (shared.parent.name if shared.name == ".git" else root.name),
        branch=reference.removeprefix("refs/heads/") if reference else None,
        revision=revision if _REVISION.match(revision) else None,
        email=emails[-1] if emails else None,
        git=git,
        linked=bool(common),
    )


def _revision(git: Path, shared: Path, reference: str) -> str:
    for directory in (git, shared):
        if loose := _text(directory / reference).strip():
            return loose
    for line in _text(shared / "packed-refs").splitlines():
        revision, _, name = line.partition(" ")
        if name == reference:
            return revision
    return ""


def repository_name(url: str) -> str | None:
    """`owner/name` of a remote: no host, and neither credentials nor a query, which a URL may hold; of a path, its last part alone."""
    place = re.split(r"[?#]", url.strip(), maxsplit=1)[0].replace("\\", "/")
    path = _HOST.sub("", place).rstrip("/").removesuffix(".git")
    parts = [bare for part in path.split("/") if (bare := part.rpartition("@")[2])]
    return "/".join(parts[-1:] if _ON_DISK.match(place) else parts[-2:]) or None


def _settings(path: Path) -> Iterator[tuple[str, str, str, str]]:
    """Each setting as section, subsection, key, value; includes are not followed."""
    section = subsection = ""
    for line in _text(path).splitlines():
        bare = line.strip()
        if match := _SECTION.match(bare):
            section, subsection = match[1].lower(), match[2] or ""
        elif "=" in bare and not bare.startswith(("#", ";")):
            key, _, value = bare.partition("=")
            yield section, subsection, key.strip().lower(), value.strip().strip('"')


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return file.read(_MAX_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
