"""Change over time, force by force: run charts of false alert rates."""
