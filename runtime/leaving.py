"""How a process that talked to Temporal ends."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """End the process with everything written. Close what must be closed before.

    Temporal's native threads may outlive the interpreter and abort it while it takes itself down
    (seen after a refused connection: `PyGILState_Release`), which would replace our exit code; so
    the interpreter's own end is skipped.
    """
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # the reader has gone, as with `| head`
            stream.flush()
    os._exit(code)
