"""What the two runners for JavaScript share: their packages, installed once and linked into every checkout."""

import json
import os
import shutil
import subprocess
from pathlib import Path

from tests.signatures.variation import Checkout


def installed(tools: Path, packages: dict[str, str]) -> Path:
    """The folder `node_modules` with these packages."""
    folder = tools / "-".join(packages)
    if not (folder / "node_modules").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text(json.dumps({"private": True, "dependencies": packages}))
        subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock"],
            cwd=folder,
            check=True,
            capture_output=True,
        )
    return folder / "node_modules"


def link(code: Checkout, modules: Path) -> None:
    """Put the packages into the checkout: as hard links, since a symbolic one would show where it leads to."""
    shutil.copytree(modules, code.folder / "node_modules", symlinks=True, copy_function=os.link)
