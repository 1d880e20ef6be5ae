"""Downloads from servers that fail: the message says what happened, and nothing half is left behind."""

import numpy as np
import pytest

from nnlib import DataError, load_mnist, mnist_download
from tests.trust.mirror import mirror, send

pytestmark = pytest.mark.usefixtures("no_network")


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(mnist_download, "READ_SECONDS", 1)
    monkeypatch.setattr(mnist_download, "PROBE_SECONDS", 10)  # the server is there, however busy this machine is


def status(number):
    return lambda request, content: request.send_error(number)


def hang(request, content):
    request.over.wait(20)  # or else the package waits with it for ever


def hang_in_the_middle(request, content):
    send(request, content[: len(content) // 2], announced=len(content))
    request.wfile.flush()
    request.over.wait(20)


def break_off(request, content):
    send(request, content[: len(content) // 2], announced=len(content))


def send_other_bytes(request, content):
    send(request, bytes(byte ^ 0x55 for byte in content))


def send_a_page(request, content):
    """As the network of a hotel does, until one has signed in."""
    send(request, b"<!DOCTYPE html><title>Welcome</title>")


def send_nothing(request, content):
    send(request, b"")


def redirect(to):
    def answer(request, content):
        request.send_response(302)
        request.send_header("Location", to(request.path))
        request.end_headers()

    return answer


def speak_gibberish(request, content):
    request.wfile.write(b"\0" * 1000)


FAILURES = {
    "404": (status(404), "HTTP status 404"),
    "503": (status(503), "HTTP status 503"),
    "hang": (hang, "no answer in time"),
    "hang in the middle": (hang_in_the_middle, "the connection failed"),
    "truncation": (break_off, "the connection broke off"),
    "other bytes of the right length": (send_other_bytes, "arrived with another checksum than MNIST's"),
    "a page in its place": (send_a_page, "arrived with another checksum than MNIST's"),
    "nothing": (send_nothing, "arrived with another checksum than MNIST's"),
    "redirect to itself": (redirect(lambda path: path), "redirects without end"),
    "redirect to nowhere": (redirect(lambda path: "http://127.0.0.1:9/"), "the connection failed"),
    "no HTTP at all": (speak_gibberish, "the connection failed"),
}


@pytest.mark.parametrize("answer, reason", FAILURES.values(), ids=FAILURES)
def test_a_failing_server_is_named_with_its_reason_and_nothing_is_left(
    tiny_mnist, no_network, monkeypatch, capsys, answer, reason
):
    with mirror(tiny_mnist.contents, answer) as address:
        monkeypatch.setattr(mnist_download, "MIRRORS", (address,))
        said = rf"MNIST could not be downloaded \({address.split('/')[2]}: .*{reason}; .*\)\. Try again later\."
        with pytest.raises(DataError, match=said):
            load_mnist("mnist")
        assert list(no_network.iterdir()) == []
        assert load_mnist("auto").name == "built-in digits"
        assert reason in capsys.readouterr().out
        assert list(no_network.iterdir()) == []


def assert_is_tiny_mnist(dataset, tiny_mnist):
    assert dataset.name == "MNIST"
    for part, array in tiny_mnist.arrays.items():
        np.testing.assert_array_equal(getattr(dataset, part), array)


@pytest.mark.parametrize("fault", [status(503), break_off, send_other_bytes, hang_in_the_middle])
def test_a_failure_that_passes_is_waited_for(tiny_mnist, no_network, monkeypatch, fault):
    failed = []

    def fail_once(request, content):
        if failed:
            return send(request, content)
        failed.append(request.path)
        return fault(request, content)

    with mirror(tiny_mnist.contents, fail_once) as address:
        monkeypatch.setattr(mnist_download, "MIRRORS", (address,))
        monkeypatch.setattr(mnist_download, "RETRIES", 1)
        assert_is_tiny_mnist(load_mnist("mnist"), tiny_mnist)
    assert len(failed) == 1
    assert [path.name for path in no_network.iterdir()] == ["mnist"]


def test_the_next_server_steps_in_for_one_that_breaks_off(tiny_mnist, no_network, monkeypatch):
    with mirror(tiny_mnist.contents, break_off) as bad, mirror(tiny_mnist.contents) as good:
        monkeypatch.setattr(mnist_download, "MIRRORS", (bad, good))
        dataset = load_mnist("mnist")
    assert_is_tiny_mnist(dataset, tiny_mnist)
    assert good.split("/")[2] in dataset.source
    assert len(list((no_network / "mnist").iterdir())) == 4


def test_others_may_read_what_was_downloaded(tiny_mnist, no_network, monkeypatch):
    with mirror(tiny_mnist.contents) as address:
        monkeypatch.setattr(mnist_download, "MIRRORS", (address,))
        load_mnist("mnist")
    for path in (no_network / "mnist").iterdir():
        assert path.stat().st_mode & 0o777 == 0o644
