"""The legal framework: what is asked of a deployment, on any day, with its source and its history."""
