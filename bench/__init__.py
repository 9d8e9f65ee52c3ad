"""`make bench`: the product beside peers built in the same run, on the same servers and the same rows.

Not part of the service: nothing here is installed or imported by it. See docs/performance.md for what came out.
"""
