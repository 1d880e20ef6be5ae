"""The download: checked, whole or not at all, from the first server that has MNIST. Only 127.0.0.1 takes part."""

import functools
import gzip
import http.server
import inspect
import socket
import threading

import numpy as np
import pytest
from tqdm import tqdm

from nnlib import mnist_download
from nnlib.mnist_download import download_mnist, network_is_there
from nnlib.mnist_files import DataError, find_idx_files, read_idx_files

pytestmark = pytest.mark.usefixtures("no_network")


@pytest.fixture
def serve(monkeypatch):
    """A function that serves folders on 127.0.0.1 and makes them the mirrors, in this order."""
    servers = []

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    def start(*folders):
        urls = []
        for folder in folders:
            folder.mkdir(parents=True, exist_ok=True)
            handler = functools.partial(Quiet, directory=folder)
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
            servers.append(server)
            urls.append(f"http://127.0.0.1:{server.server_port}/")
        monkeypatch.setattr(mnist_download, "MIRRORS", tuple(urls))
        return [url.split("/")[2] for url in urls]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def silent_socket():
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"


def assert_holds(folder, tiny_mnist):
    arrays, genuine = read_idx_files(find_idx_files(folder))
    assert genuine
    for part, array in tiny_mnist.arrays.items():
        np.testing.assert_array_equal(arrays[part], array)


def test_the_four_files_arrive_in_a_folder_mnist(serve, tiny_mnist, tmp_path):
    (host,) = serve(tiny_mnist.write(tmp_path / "mirror"))
    assert download_mnist(tmp_path / "new" / "data") == host
    assert [path.name for path in (tmp_path / "new" / "data").iterdir()] == ["mnist"]
    assert_holds(tmp_path / "new" / "data" / "mnist", tiny_mnist)


def test_a_progress_bar_shows_and_goes(serve, tiny_mnist, tmp_path, monkeypatch, capsys):
    serve(tiny_mnist.write(tmp_path / "mirror"))
    bars = []

    class Bar(tqdm):
        def __init__(self, **options):
            bars.append(self)
            super().__init__(**options | {"disable": False})

    monkeypatch.setattr("tqdm.auto.tqdm", Bar)
    download_mnist(tmp_path / "data")
    sizes = [path.stat().st_size for path in (tmp_path / "mirror").iterdir()]
    assert sorted(bar.total for bar in bars) == sorted(sizes)
    assert not any(bar.leave for bar in bars)
    captured = capsys.readouterr()
    assert captured.out == "" and "train-images-idx3-ubyte.gz" in captured.err


def test_the_second_mirror_steps_in_where_the_first_has_a_file_missing(serve, tiny_mnist, tmp_path):
    first = tiny_mnist.write(tmp_path / "first", parts=("train_images", "train_labels"))
    _, second_host = serve(first, tiny_mnist.write(tmp_path / "second"))
    assert download_mnist(tmp_path / "data") == second_host
    assert_holds(tmp_path / "data" / "mnist", tiny_mnist)


@pytest.mark.parametrize("part", ["train_images", "test_labels"])
def test_another_content_than_mnists_is_refused_and_leaves_nothing(serve, tiny_mnist, tmp_path, part):
    content = tiny_mnist.contents[part]
    tiny_mnist.contents[part] = content[:-1] + bytes([(content[-1] + 1) % 10])
    serve(tiny_mnist.write(tmp_path / "mirror"))
    with pytest.raises(DataError, match="arrived with another checksum than MNIST's"):
        download_mnist(tmp_path / "data")
    assert list((tmp_path / "data").iterdir()) == []


def test_a_file_cut_on_the_way_is_refused_and_leaves_nothing(serve, tiny_mnist, tmp_path):
    path = tiny_mnist.write(tmp_path / "mirror") / "t10k-images-idx3-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-100])
    serve(tmp_path / "mirror")
    with pytest.raises(DataError, match="t10k-images-idx3-ubyte arrived with another checksum"):
        download_mnist(tmp_path / "data")
    assert list((tmp_path / "data").iterdir()) == []


def test_an_interrupt_in_the_middle_leaves_nothing(serve, tiny_mnist, tmp_path, monkeypatch):
    serve(tiny_mnist.write(tmp_path / "mirror"))
    checked = []

    def stop_at_the_third(path, file):
        checked.append(file.name)
        if len(checked) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(mnist_download, "_check", stop_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        download_mnist(tmp_path / "data")
    assert len(checked) == 3
    assert list((tmp_path / "data").iterdir()) == []


def test_every_server_is_named_with_its_reason_when_none_has_mnist(serve, tmp_path):
    hosts = serve(tmp_path / "first", tmp_path / "second")
    with pytest.raises(DataError) as error:
        download_mnist(tmp_path / "data")
    for host in hosts:
        assert f"{host}: HTTP status 404" in str(error.value)
    assert "OSError" in str(error.value) and "Try again" in str(error.value)


def test_another_process_that_finished_first_is_welcome(serve, tiny_mnist, tmp_path):
    serve(tiny_mnist.write(tmp_path / "mirror"))
    tiny_mnist.write(tmp_path / "data" / "mnist")
    download_mnist(tmp_path / "data")
    assert_holds(tmp_path / "data" / "mnist", tiny_mnist)
    assert len(list((tmp_path / "data").iterdir())) == 1


def test_a_folder_mnist_full_of_other_things_is_left_alone(serve, tiny_mnist, tmp_path):
    serve(tiny_mnist.write(tmp_path / "mirror"))
    (tmp_path / "data" / "mnist").mkdir(parents=True)
    (tmp_path / "data" / "mnist" / "notes.txt").write_text("mine")
    with pytest.raises(DataError, match="cannot be stored"):
        download_mnist(tmp_path / "data")
    assert (tmp_path / "data" / "mnist" / "notes.txt").read_text() == "mine"


def test_a_target_that_cannot_be_written_is_an_error_with_a_cure(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(DataError, match=r"cannot be downloaded into .*data_dir"):
        download_mnist(tmp_path / "file" / "data")


def openml(tiny_mnist, shuffled=False):
    """scikit-learn's answer: 784 pixels a row, training rows first, labels as strings."""
    images = np.concatenate([tiny_mnist.arrays["train_images"], tiny_mnist.arrays["test_images"]])
    labels = np.concatenate([tiny_mnist.arrays["train_labels"], tiny_mnist.arrays["test_labels"]])
    if shuffled:
        images, labels = images[::-1], labels[::-1]

    def fetch_openml(name, *, version, as_frame, return_X_y, data_home):
        assert (name, version, as_frame, return_X_y) == ("mnist_784", 1, False, True)
        return images.reshape(-1, 784).astype(np.float64), labels.astype(str).astype(object)

    return fetch_openml


def test_openml_is_the_last_resort(serve, tiny_mnist, tmp_path, monkeypatch):
    serve(tmp_path / "empty")
    monkeypatch.setattr("sklearn.datasets.fetch_openml", openml(tiny_mnist))
    monkeypatch.setattr(mnist_download, "OPENML", "https://www.openml.org/")
    assert download_mnist(tmp_path / "data") == "www.openml.org"
    assert_holds(tmp_path / "data" / "mnist", tiny_mnist)
    with gzip.open(tmp_path / "data" / "mnist" / "t10k-labels-idx1-ubyte.gz") as stream:
        assert stream.read() == tiny_mnist.contents["test_labels"]
    assert socket.getdefaulttimeout() is None


def test_openml_rows_in_another_order_are_refused(tiny_mnist, tmp_path, monkeypatch):
    monkeypatch.setattr("sklearn.datasets.fetch_openml", openml(tiny_mnist, shuffled=True))
    with pytest.raises(DataError, match="another checksum"):
        download_mnist(tmp_path / "data")
    assert list((tmp_path / "data").iterdir()) == []


def test_scikit_learn_still_takes_our_arguments():
    import importlib

    fetch_openml = importlib.import_module("sklearn.datasets._openml").fetch_openml
    inspect.signature(fetch_openml).bind("mnist_784", version=1, as_frame=False, return_X_y=True, data_home=".")


def test_probe_sees_a_server_that_answers(serve, tiny_mnist, tmp_path):
    serve(tmp_path / "empty", tiny_mnist.write(tmp_path / "mirror"))
    assert network_is_there()


def test_probe_sees_no_network_where_nothing_listens():
    assert not network_is_there()


def test_probe_takes_a_server_without_mnist_for_none(serve, tmp_path):
    serve(tmp_path / "empty")
    assert not network_is_there()


def test_probe_leaves_a_server_that_never_answers(silent_socket, monkeypatch):
    monkeypatch.setattr(mnist_download, "MIRRORS", (silent_socket,))
    monkeypatch.setattr(mnist_download, "PROBE_SECONDS", 0.2)
    assert not network_is_there()


def test_probe_leaves_a_name_lookup_that_hangs(monkeypatch):
    never = threading.Event()
    monkeypatch.setattr(mnist_download, "_answers", lambda url: not never.wait(8))  # too late, it would say yes
    monkeypatch.setattr(mnist_download, "PROBE_SECONDS", 0.2)
    assert not network_is_there()
    never.set()


def test_probe_is_quick_and_the_download_patient():
    assert mnist_download.PROBE_SECONDS < 3
    assert mnist_download.READ_SECONDS >= 60
    assert inspect.signature(network_is_there).parameters == {}
