"""Not here, as it is not in the service: see tests/stack.py."""

raise ImportError("The service runs without it, and so do its tests.")
