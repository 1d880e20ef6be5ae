"""Mistakes in the numeric core, one at a time: the module's own tests must notice. (mutate.py makes thousands.)"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="mutate.py forks, which Windows cannot")
def test_mistakes_are_noticed(trials):
    command = [sys.executable, "tests/trust/mutate.py", "--mistakes", str(trials(4))]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr
