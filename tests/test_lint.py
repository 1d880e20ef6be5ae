"""Code and notebooks follow the ruff settings in pyproject.toml."""

import subprocess
import sys
from pathlib import Path


def test_ruff_finds_nothing():
    run = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache"],
        cwd=Path(__file__).parents[1], capture_output=True, text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
