"""What the tests of explorers share: reading a read-out, a picture, and pressing a key on a control."""

import io
import os
import re

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(autouse=True)
def no_download(monkeypatch):
    """Explorers of digits show the built-in ones, unless $NNLIB_DATA names a folder with MNIST."""
    monkeypatch.setenv("NNLIB_DATA", os.environ.get("NNLIB_DATA") or "digits")


@pytest.fixture
def numbers_in():
    """Every number of a read-out, in the order it is read."""

    def numbers(readout):
        plain = re.sub("<[^>]*>", " ", readout).replace("−", "-").replace(",", "")
        return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]\d+)?", plain)]

    return numbers


@pytest.fixture
def pixels():
    """A PNG's bytes as levels (height, width, channels)."""
    return lambda png: np.asarray(Image.open(io.BytesIO(png)))


@pytest.fixture
def choices():
    """Every setting of a control that its keys can reach, or both ends and two more where they are many."""

    def of(control):
        if hasattr(control, "options"):
            return [value for _, value in control._options_full]
        if isinstance(control.value, bool):
            return [False, True]
        low, high, step = control.min, control.max, control.step or 1
        return [low, high, min(high, low + step), low + step * round((high - low) / 2 / step)]

    return of
