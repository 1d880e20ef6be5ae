"""What a kernel runs first in tests: any warning is an error there too, as pyproject.toml has it for pytest."""

import warnings

warnings.simplefilter("error")
warnings.filterwarnings("ignore", category=DeprecationWarning, module="(?!nnlib|__main__)")
warnings.filterwarnings("ignore", category=PendingDeprecationWarning, module="(?!nnlib|__main__)")

del warnings  # a notebook must import what it uses
