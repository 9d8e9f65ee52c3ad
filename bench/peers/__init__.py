"""What the product is measured beside: the usual ways to do the same, done as their own documentation says."""
