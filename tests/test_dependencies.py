"""The lower bounds in pyproject.toml are the versions in oldest.txt, with which the whole suite has passed."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
# The other extras serve commands of their own.
SUITE = [*PROJECT["dependencies"], *EXTRAS["test"], *EXTRAS["cluster"], *EXTRAS["lectures"]]
RANGES = [Requirement(line) for line in SUITE]


def pins(file):
    """{name: version} of a file of pins."""
    return dict(re.findall(r"^([\w-]+)==([\w.]+)", (ROOT / file).read_text(encoding="utf-8"), re.MULTILINE))


@pytest.mark.parametrize("package", RANGES, ids=lambda package: package.name)
def test_lower_bound_is_the_oldest_version_that_passed(package):
    (bound,) = package.specifier
    assert bound.operator == ">="
    assert Version(bound.version) == Version(pins("tests/oldest.txt")[package.name])


@pytest.mark.parametrize("package", RANGES, ids=lambda package: package.name)
def test_pinned_version_is_in_the_range(package):
    assert pins("requirements.txt")[package.name] in package.specifier
