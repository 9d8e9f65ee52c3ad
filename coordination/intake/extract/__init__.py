"""Reading a published file into rows of printed text, each with its place in the document.

The parent side is `reading.read()`. Everything that touches the file's content runs in a child process
(`child.py`) under hard limits, and hands back JSON lines. This package's `__init__` stays empty so that the
child starts without Django.
"""
