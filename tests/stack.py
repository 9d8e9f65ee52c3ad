"""A pytest plugin, loaded before Django's settings: the throw-away PostgreSQL and Valkey of this test run."""

import os

from config.stack.testing import ensure_test_stack

STACK = ensure_test_stack()
TEMPLATE = "lfr_template"

os.environ.update(STACK.environment())
os.environ["LFR_DEMONSTRATION"] = "1"
os.environ["LFR_DEBUG"] = "0"
