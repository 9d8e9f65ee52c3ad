"""Forces side by side, within one algorithm version and threshold."""
