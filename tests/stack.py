"""A pytest plugin, loaded before Django's settings: the throw-away PostgreSQL and Valkey of this test run."""

import os
import sys
from pathlib import Path

from config.stack.testing import ensure_test_stack

# What a tool of the checks brings along and the service does not have: whoever finds it imports it, which takes
# each process a second.
ABSENT = str(Path(__file__).parent / "absent")
sys.path.insert(0, ABSENT)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [ABSENT, os.environ.get("PYTHONPATH")]))
# A run starts two hundred processes: each would compile all that it imports.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

STACK = ensure_test_stack()
TEMPLATE = "lfr_template"

os.environ.update(STACK.environment())
os.environ["LFR_DEMONSTRATION"] = "1"
os.environ["LFR_DEBUG"] = "0"
