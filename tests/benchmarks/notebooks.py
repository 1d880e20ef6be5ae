"""Prints how long each notebook takes, kernel start included, and how much memory its kernel holds at most.

python tests/benchmarks/notebooks.py [NOTEBOOK...]
"""

import os
import sys
import threading
import time
from pathlib import Path

import nbclient
import nbformat
import psutil

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
SAMPLING_SECONDS = 0.02


def run(path):
    """Run a notebook in a fresh kernel; return seconds and the peak of its resident memory in MB (2^20 bytes)."""
    client = nbclient.NotebookClient(
        nbformat.read(path, as_version=4),
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
    )
    sizes, done = [0], threading.Event()
    watch = threading.Thread(target=sample_memory, args=(client, sizes, done))
    watch.start()
    start = time.perf_counter()
    try:
        client.execute()
    finally:
        done.set()
        watch.join()
    return time.perf_counter() - start, max(sizes) / 2**20


def sample_memory(client, sizes, done):
    while not done.wait(SAMPLING_SECONDS):
        try:
            sizes.append(psutil.Process(client.km.provisioner.pid).memory_info().rss)
        except (AttributeError, psutil.NoSuchProcess):
            pass  # the kernel is not there yet, or no longer


def main(paths):
    os.environ["TQDM_DISABLE"] = "1"
    total = 0
    print(f"{'notebook':<28} {'seconds':>8} {'peak MB':>8}")
    for path in paths:
        seconds, peak = run(path)
        total += seconds
        print(f"{path.stem:<28} {seconds:8.1f} {peak:8.0f}", flush=True)
    print(f"{'total':<28} {total:8.1f}")


if __name__ == "__main__":
    main([Path(each).resolve() for each in sys.argv[1:]] or sorted(NOTEBOOKS.glob("*.ipynb")))
