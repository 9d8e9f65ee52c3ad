"""The pages on which a plan is begun, written, checked, submitted and read."""
