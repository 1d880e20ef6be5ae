"""The packages of package.json, by npm: decks and site carry what the browser loads, and need no network."""

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build"


def npm_packages():
    """Install package.json's packages into build/npm, if they are not there yet; return their folder, node_modules.

    Raises SystemExit, with what to do, where npm is missing or fails.
    """
    folder = BUILD / "npm"
    if not _is_up_to_date(folder):
        BUILD.mkdir(exist_ok=True)
        with TemporaryDirectory(dir=BUILD) as workshop:  # whoever looks meanwhile sees all packages or none
            fresh, old = Path(workshop) / "npm", Path(workshop) / "old"
            _install(fresh)
            if not _is_up_to_date(folder):
                if folder.exists():
                    folder.rename(old)
                fresh.rename(folder)
    return folder / "node_modules"


def _is_up_to_date(folder):
    installed, wanted = folder / "package.json", HERE / "package.json"
    return installed.exists() and installed.read_text(encoding="utf-8") == wanted.read_text(encoding="utf-8")


def _install(folder):
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is missing: install Node.js (Debian: sudo apt-get install npm), then try again.")
    folder.mkdir()
    shutil.copy(HERE / "package.json", folder)
    command = [npm, "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts"]
    run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if run.returncode:
        raise SystemExit(f"npm could not install the packages of package.json:\n{run.stderr}")
