"""Files that are written whole or not at all, and arrays that are read without trust."""

import io
import os
import secrets
import shutil
import time
import warnings
import zipfile
from contextlib import suppress
from math import prod
from pathlib import Path

import numpy as np

UNFINISHED = ".nnlib-"  # begins the names of what is not finished yet
A_DAY = 86_400


def write_whole(path, content):
    """Write the bytes `content` to `path`, whole or not at all: until all is written, an older file stays.

    Raises OSError, with the file and the reason in its message, if they cannot be written.
    """
    path = Path(path)
    remove_left_overs(path.parent)
    unfinished = path.with_name(UNFINISHED + secrets.token_hex(8))
    try:
        unfinished.write_bytes(content)
        os.replace(unfinished, path)
    except OSError as error:
        raise OSError(
            error.errno, f"{path} cannot be written: {error.strerror}. Make room there, or name a folder of yours."
        ) from None
    finally:
        with suppress(OSError):
            unfinished.unlink()


def remove_left_overs(folder):
    """Remove what a process that was killed has left in `folder` unfinished; whoever still writes began today."""
    with suppress(OSError):
        for path in Path(folder).glob(f"{UNFINISHED}*"):
            if time.time() - path.stat().st_mtime > A_DAY:
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def read_arrays(path):
    """Return {name: array} of a file that np.savez wrote: plain arrays, no pickles, and nothing compressed.

    So nothing takes more memory than the file is long, whatever its headers announce. A file that is something else
    can make zipfile and NumPy raise almost anything.
    """
    with zipfile.ZipFile(path) as archive, warnings.catch_warnings():
        warnings.simplefilter("error")  # NumPy warns of headers that np.savez does not write
        members = archive.infolist()
        if sum(max(member.file_size, member.compress_size) for member in members) > os.path.getsize(path):
            raise ValueError("it announces more than it holds")
        return {member.filename.removesuffix(".npy"): _read_array(archive.read(member)) for member in members}


def _read_array(content):
    """Return the array in the bytes of an .npy file, whose header must announce what is there."""
    stream = io.BytesIO(content)
    np.lib.format.read_magic(stream)
    shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(stream)
    flat = np.frombuffer(content, dtype, offset=stream.tell())
    if flat.size != prod(shape):
        raise ValueError(f"an array of shape {shape} holds {flat.size} entries")
    return flat.reshape(shape, order="F" if fortran_order else "C").copy("K")
