"""Settings for nbconvert that run notebooks top to bottom, in place, and store what a reader should see.

jupyter nbconvert --config tests/notebooks/refresh.py notebooks/05_loss_functions.ipynb
"""

import os

from nnlib import DataError, load_mnist

c = get_config()  # noqa: F821 (nbconvert provides it)

c.NbConvertApp.export_format = "notebook"
c.NbConvertApp.use_output_suffix = False
c.FilesWriter.build_directory = ""  # beside the original, that is over it

c.ExecutePreprocessor.enabled = True
c.ExecutePreprocessor.timeout = 600
c.ExecutePreprocessor.store_widget_state = False
c.ExecutePreprocessor.record_timing = False
c.CoalesceStreamsPreprocessor.enabled = True
# Listed once more, since the built-in one joins streams before anything has run.
c.NotebookExporter.preprocessors = ["nbconvert.preprocessors.CoalesceStreamsPreprocessor"]

# What differs from one editor or Python to the next is not kept.
c.ClearMetadataPreprocessor.enabled = True
c.ClearMetadataPreprocessor.preserve_nb_metadata_mask = {"kernelspec", ("language_info", "name")}
c.ClearMetadataPreprocessor.preserve_cell_metadata_mask = {"tags", "slideshow"}

# Stored outputs come from real MNIST: without it this stops before it overwrites any.
if os.environ.get("NNLIB_DATA") == "digits":
    raise SystemExit("NNLIB_DATA=digits asks for the built-in digits; name a folder with MNIST, or unset it.")
try:
    load_mnist("mnist")
except DataError as error:
    raise SystemExit(str(error)) from None

os.environ["TQDM_DISABLE"] = "1"
os.environ["NNLIB_KEPT"] = os.devnull  # stored outputs are those of a reader who has kept no piece yet
# One thread a kernel: two kernels at once on two cores would wait for each other inside every matrix product.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.pop("MPLBACKEND", None)
