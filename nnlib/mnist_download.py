"""Getting MNIST over the network: a quick look whether there is one, then a patient, checked download."""

import contextlib
import errno
import gzip
import http.client
import queue
import socket
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from nnlib.files import UNFINISHED, remove_left_overs
from nnlib.mnist_files import MNIST_FILES, DataError, find_idx_files, read_idx

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
OPENML = "https://www.openml.org/"

PROBE_SECONDS = 2.5
CONNECT_SECONDS, READ_SECONDS = 15, 60
RETRIES = 2

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # what a system says where nothing more can be written


def network_is_there():
    """Whether one of the servers answers; decided within PROBE_SECONDS, whatever the network does."""
    urls = [f"{mirror}{MNIST_FILES['test_labels'].name}.gz" for mirror in MIRRORS] + [OPENML]
    answers = queue.Queue()
    for url in urls:
        # A name lookup can hang and has no timeout of its own: a daemon thread may be left behind.
        threading.Thread(target=lambda url=url: answers.put(_answers(url)), daemon=True).start()
    deadline = time.monotonic() + PROBE_SECONDS
    with contextlib.suppress(queue.Empty):
        for _ in urls:
            if answers.get(timeout=max(deadline - time.monotonic(), 0)):
                return True
    return False


def _answers(url):
    import requests  # pooch's own: it uses the same proxies and certificates as the download will

    try:
        return requests.head(url, timeout=PROBE_SECONDS, allow_redirects=True).ok
    except requests.RequestException:
        return False


def download_mnist(folder):
    """Download MNIST's four files into `folder`/mnist, whole or not at all; return where they came from.

    Tries the mirrors in turn, then OpenML, and checks the checksum of every file's content. Raises DataError
    if nothing sends MNIST or `folder` cannot be written.
    """
    final = Path(folder, "mnist")
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        remove_left_overs(folder)
        with tempfile.TemporaryDirectory(prefix=UNFINISHED, dir=folder) as workshop:
            unfinished = Path(workshop, "mnist")
            unfinished.mkdir()
            origin = _fetch_from_anywhere(unfinished)
            _move(unfinished, final)
    except OSError as error:
        raise DataError(
            f"MNIST cannot be downloaded into {folder}: {error.strerror}. Make room there, or name a folder of yours "
            "as data_dir."
        ) from None
    return origin


def _move(unfinished, final):
    try:
        unfinished.rename(final)
    except OSError as error:
        # Another notebook may have finished first; its files are as good as ours.
        if not find_idx_files(final):
            raise DataError(f"MNIST cannot be stored as {final}: {error.strerror}. Move it away.") from None


def _fetch_from_anywhere(folder):
    sources = [(urlsplit(url).netloc, lambda url=url: _fetch_from_mirror(url, folder)) for url in MIRRORS]
    sources.append((urlsplit(OPENML).netloc, lambda: _fetch_from_openml(folder)))
    failures = []
    for name, fetch in sources:
        try:
            fetch()
            return name
        except (OSError, ValueError, http.client.HTTPException) as error:
            if getattr(error, "errno", None) in FULL:
                raise  # from another server the files would be as large
            failures.append(f"{name}: {_reason(error)}")
    raise DataError(f"MNIST could not be downloaded ({'; '.join(failures)}). Try again later.")


def _fetch_from_mirror(mirror, folder):
    """Fetch what is not in `folder` yet; a file stays there only if its content is MNIST's."""
    import pooch
    from tqdm.auto import tqdm

    pooch.get_logger().setLevel("WARNING")
    names = {f"{file.name}.gz": file for file in MNIST_FILES.values()}

    def download(url, path, _):
        # pooch sets the true total; without any, tqdm has no truth value, which pooch asks for.
        with tqdm(desc=Path(url).name, total=1, unit="B", unit_scale=True, leave=False) as bar:
            pooch.HTTPDownloader(progressbar=bar, timeout=(CONNECT_SECONDS, READ_SECONDS))(url, path, None)
        Path(path).chmod(0o644)  # pooch's temporary file is for one user; a data folder is often shared
        _check(path, names[Path(url).name])

    # We check the content ourselves: the gzip wrapping may differ from one mirror to the next.
    mnist = pooch.create(folder, mirror, registry=dict.fromkeys(names), retry_if_failed=RETRIES)
    for name in names:
        mnist.fetch(name, downloader=download)


def _fetch_from_openml(folder):
    from sklearn.datasets import fetch_openml

    print("Downloading MNIST from OpenML; this may take a few minutes.")
    with tempfile.TemporaryDirectory(dir=folder.parent) as cache, _socket_timeout(READ_SECONDS):
        pixels, labels = fetch_openml("mnist_784", version=1, as_frame=False, return_X_y=True, data_home=cache)
    images, labels = pixels.astype(np.uint8), labels.astype(np.uint8)
    m = MNIST_FILES["train_labels"].shape[0]
    arrays = {
        "train_images": images[:m],
        "train_labels": labels[:m],
        "test_images": images[m:],
        "test_labels": labels[m:],
    }
    for part, file in MNIST_FILES.items():
        path = folder / f"{file.name}.gz"
        with gzip.open(path, "wb", compresslevel=6) as stream:
            stream.write(file.header)
            stream.write(arrays[part].tobytes())
        _check(path, file)


def _check(path, file):
    try:
        _, is_original = read_idx(path, file)
    except DataError:
        is_original = False
    if not is_original:
        raise DataError(f"{file.name} arrived with another checksum than MNIST's")


@contextlib.contextmanager
def _socket_timeout(seconds):
    """fetch_openml takes no timeout, and waits for ever on a connection that died."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _reason(error):
    """A few words on a failed download; the texts of connection errors fill half a screen."""
    import requests

    if isinstance(error, DataError):
        return str(error)
    if isinstance(error, requests.HTTPError):
        return f"HTTP status {error.response.status_code}"
    reasons = {
        requests.Timeout: "no answer in time",
        requests.TooManyRedirects: "redirects without end",
        requests.exceptions.ChunkedEncodingError: "the connection broke off",
        requests.ConnectionError: "the connection failed",
    }
    return next((words for kind, words in reasons.items() if isinstance(error, kind)), type(error).__name__)
