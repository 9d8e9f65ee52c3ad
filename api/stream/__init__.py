"""Events as they happen, as server-sent events: `/stream/` for anybody, `/stream/mine/` for who is signed in.

`door` answers, `asking` reads what is asked, `guard` finds out who asks and whether they still may, `audiences` says
who hears what, and `hub` is the one listener of a process.
"""

from api.stream.answers import refuse
from api.stream.door import ADDRESSES, Streams
from api.stream.hub import Hub

__all__ = ["ADDRESSES", "Hub", "Streams", "refuse"]
