"""Ways to damage files: by their bytes, and by their structure with checksums that are right again."""

import gzip
import io
import json
import re
import struct
import warnings
import zipfile


def pick(rng, options):
    """One of the options, as it is: `rng.choice` would make an array of them, and of bytes and texts other ones."""
    return options[rng.integers(len(options))]


ODD_NUMBERS = (0, 1, 255, 2**31 - 1, 2**31, 2**32 - 1)


def flip_bits(content, rng, donor):
    content = bytearray(content)
    for place in rng.integers(len(content), size=rng.integers(1, 9)):
        content[place] ^= 1 << rng.integers(8)
    return bytes(content)


def truncate(content, rng, donor):
    return content[: rng.integers(len(content))]


def remove(content, rng, donor):
    start, end = _slice(content, rng)
    return content[:start] + content[end:]


def repeat(content, rng, donor):
    start, end = _slice(content, rng)
    return content[:end] + content[start:]


def insert(content, rng, donor):
    place = rng.integers(len(content))
    return content[:place] + rng.bytes(rng.integers(1, 100)) + content[place:]


def blank(content, rng, donor):
    start, end = _slice(content, rng)
    return content[:start] + bytes([pick(rng, [0, 0xFF, ord("9")])]) * (end - start) + content[end:]


def splice(content, rng, donor):
    """A piece of the donor between two pieces of the content, most often in the place of as many bytes."""
    start, end = _slice(donor, rng)
    place = rng.integers(len(content))
    rest = place + pick(rng, [0, end - start, end - start])
    return content[:place] + donor[start:end] + content[rest:]


def put_number(content, rng, donor):
    """An odd number in four bytes, most often near the start, where headers are."""
    place = rng.integers(min(len(content), pick(rng, [16, 64, len(content)])))
    number = struct.pack(pick(rng, [">I", "<I"]), pick(rng, ODD_NUMBERS))
    return content[:place] + number + content[place + 4 :]


def replace_all(content, rng, donor):
    return donor


KEEP_THE_LENGTH = (flip_bits, blank, put_number, splice)
BYTE_DAMAGES = (*KEEP_THE_LENGTH, *KEEP_THE_LENGTH, truncate, remove, repeat, insert, replace_all)


def damaged(content, rng, donor):
    """The bytes after one or two damages; `donor` is another file that splices come from."""
    for _ in range(pick(rng, [1, 1, 2])):
        content = pick(rng, BYTE_DAMAGES)(content or b"\0", rng, donor or b"\0")
    return content


def _slice(content, rng):
    start = rng.integers(len(content))
    return start, start + rng.integers(1, 1 + min(len(content) - start, pick(rng, [4, 64, 4096])))


def damaged_idx(content, rng, donor):
    """An IDX file, damaged before it is packed (so that gzip's checksum is right), after it, or never packed."""
    how = rng.integers(3)
    if how == 0:
        return damaged(content, rng, donor)
    if how == 1:
        return damaged(gzip.compress(content, 1), rng, gzip.compress(donor, 1))
    return gzip.compress(damaged(content, rng, donor), 1)


CELLS = (
    *("-1", "256", "1e400", "nan", "inf", "0.5", "5.0", "10", "", " ", "+7", " 7 ", "007", "9" * 400, '"5"', "'5'"),
    *("5_0", "0x1F", "５", "٣", "²", "7\0", "\0", "label", "7,7", "7\n7", "7\r7", "7\r\n", "#7", "7;7", "\ufeff7"),
    *("7\u00a0", "−1", "7#", "7 # a comment"),
)


def damaged_csv(content, rng, donor):
    """A CSV file with damaged bytes, with odd cells, or with rows and columns moved, missing or twice there."""
    if rng.integers(3) == 0:
        return damaged(content, rng, donor)
    rows = [line.split(",") for line in content.decode("utf-8", "replace").split("\n")]
    for _ in range(rng.integers(1, 4)):
        r = rng.integers(len(rows))
        c = rng.integers(len(rows[r])) if rows[r] and rng.integers(4) else 0
        how = rng.integers(6)
        if how <= 2:
            rows[r][c : c + 1] = [pick(rng, CELLS) if rng.integers(3) == 0 else str(rng.integers(256))]
        elif how == 3:
            rows.insert(rng.integers(len(rows)), list(rows[r]))
        elif how == 4:
            del rows[r][c : c + rng.integers(1, 3)]
        else:
            rows[r], rows[-1 - r] = rows[-1 - r], rows[r]
    text = pick(rng, ["\n", "\n", "\r\n", "\r", "\n\n"]).join(map(",".join, rows))
    return text.encode(pick(rng, ["utf-8", "utf-8", "utf-8-sig", "utf-16"]), "replace")


def members(content):
    """{name: bytes} of what a zip file holds; ValueError for more than a megabyte, which only bombs hold."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(member.file_size for member in archive.infolist()) > 10**6:
            raise ValueError("a bomb")
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(pairs, compression=zipfile.ZIP_STORED):
    """A zip file of (name, bytes) pairs; a name may come twice."""
    archived = io.BytesIO()
    with zipfile.ZipFile(archived, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of names that come twice
        for name, content in pairs:
            archive.writestr(zipfile.ZipInfo(str(name)), content, compression)
    return archived.getvalue()


HEADER_ENTRIES = (
    *("'|O'", "'<i8'", "'<f4'", "'>f8'", "'<U9'", "'|V8'", "'<c16'", "'M8[s]'", "[('a', '<f8')]", "[('a', '|O')]"),
    *("()", "(1,)", "(0,)", "(5, 6)", "(6, 5)", "(-1, 5)", "(1099511627776,)", "(2.0,)", "('5',)", "(5L, 6L)"),
    *("True", "False", "None", "'\\d'", "__import__('os').abort()"),
)
ODD_SETTINGS = (
    *(None, True, -1, 0, 1, 2, 3, 1.5, 10**6, 10**12, 10**400, float("nan"), float("inf"), "", "x", [], {}, [[]]),
    *([1, 2], "relu", "sigmoid", "softmax", "mse", "binary_crossentropy", "Dense", ["Flatten"], ["Dense", 3, "relu"]),
)


def damaged_npz(content, rng, donor):
    """A saved network with damaged bytes, or whose arrays, headers, settings or names are damaged and packed again."""
    parts, donor_parts = _members_or_none(content), _members_or_none(donor)
    if not parts or not donor_parts or rng.integers(4) == 0:
        return damaged(content, rng, donor)
    for _ in range(rng.integers(1, 3)):
        names = list(parts)
        name = pick(rng, names)
        how = rng.integers(8)
        if how <= 1 and "settings.npy" in parts:
            parts["settings.npy"] = _damaged_settings(parts["settings.npy"], rng)
        elif how <= 3:
            parts[name] = _damaged_header(parts[name], rng)
        elif how <= 5:
            header = pick(rng, [0, 128])
            parts[name] = parts[name][:header] + damaged(parts[name][header:], rng, parts[pick(rng, names)])
        elif how == 6:
            parts[name] = donor_parts[pick(rng, list(donor_parts))]
        else:
            parts[pick(rng, [pick(rng, names), "parameters/W9.npy", "history/x.npy", "x"])] = parts.pop(name)
            parts = parts or {"x": b""}
    pairs = list(parts.items())
    if rng.integers(8) == 0:
        pairs.append((pick(rng, list(parts)), pick(rng, list(parts.values()))))
    return zipped(pairs, zipfile.ZIP_DEFLATED if rng.integers(8) == 0 else zipfile.ZIP_STORED)


def _members_or_none(content):
    try:
        return members(content)
    except Exception:  # it is damaged itself
        return None


def _damaged_header(content, rng):
    """An .npy file with another entry in its header, which is as long as before where there is room."""
    start, end = 10, 10 + int.from_bytes(content[8:10], "little")
    header = content[start:end].decode("latin-1")
    entries = list(re.finditer(r"'[<>|=][^']*'|True|False|\([^)]*\)", header))
    if not entries:
        return damaged(content, rng, content)
    entry = pick(rng, entries)
    header = header[: entry.start()] + str(pick(rng, HEADER_ENTRIES)) + header[entry.end() :]
    header = header.rstrip().ljust(end - start - 1) + "\n"
    return content[:8] + struct.pack("<H", len(header)) + header.encode("latin-1") + content[end:]


def _damaged_settings(content, rng):
    """The settings with one value replaced, removed or twice there; or with damaged text."""
    text = content[10 + int.from_bytes(content[8:10], "little") :].decode("utf-32-le", "replace")
    try:
        settings = json.loads(text)
    except (ValueError, RecursionError):
        return damaged(content, rng, content)
    if rng.integers(6) == 0 or not isinstance(settings, dict):
        return text_array(damaged(text.encode(), rng, text.encode()).decode("utf-8", "replace"))
    holder = settings
    while True:
        places = list(holder) if isinstance(holder, dict) else range(len(holder))
        if not places:
            break
        place = pick(rng, places)
        if isinstance(holder[place], (dict, list)) and rng.integers(3):
            holder = holder[place]
            continue
        if rng.integers(6) == 0:
            del holder[place]
        else:
            holder[place] = pick(rng, ODD_SETTINGS)
        break
    return text_array(json.dumps(settings))


def text_array(text):
    """The .npy file of a text, with a header of 128 bytes."""
    header = f"{{'descr': '<U{len(text)}', 'fortran_order': False, 'shape': (), }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + header.encode() + text.encode("utf-32-le", "replace")
