"""The browser that looks at decks and site."""

import pytest

from tests.browser.lab import chromium, find_chromium


@pytest.fixture(scope="module")
def browser():
    if find_chromium() is None:
        pytest.skip("needs a browser: sudo apt-get install chromium")
    with chromium() as context:
        yield context
