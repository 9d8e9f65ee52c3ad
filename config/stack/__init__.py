"""PostgreSQL and Valkey from wheels: everything a bare machine needs to run and test the service.

For development, evaluation and tests on Linux. A production service brings its own PostgreSQL and Valkey
and uses only `provision` from here (see docs/how-to/run-on-your-own-servers.md).
"""
