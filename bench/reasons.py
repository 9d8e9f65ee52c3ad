"""Why a goal falls short, where it does: written by hand, shown beside the figures as long as they fall short."""

SHORT: dict[int, str] = {
    1: "What is known: in a profile, a page takes about 3.3 ms of one process. Compiling the query and "
    "receiving its text is 1.5 of them, the register's version 0.3; the rest is middleware and dispatch, some of it "
    "(sessions, sign-in, messages) of no use to the public API. Next: compile each kind of question once, and give the "
    "public API a short way past sessions.",
    2: "What is known: in a profile, a record takes about 1.9 ms of one process, and an address that does "
    "nothing 0.5. It is one query; what is left is middleware and dispatch, as for goal 1.",
    5: "Not yet explained. An event passes through four processes, each of which waits for a turn when the cores are "
    "taken by others; how much of this is waiting has not been measured.",
    6: "Not yet explained. Recorder, relay, workers and PostgreSQL shared two cores with other work.",
    7: "Not yet explained. Counting in batches has not been profiled; Python works out 28 measures for each record.",
    8: "Not yet explained. The time is that of all statements of a page as the page waits for them, so it holds "
    "whatever waiting for a turn on a busy machine adds.",
}

METHOD = """## How it is measured

* `make bench` makes an environment of its own (`.venv-bench`, `requirements-bench.txt`), PostgreSQL and Valkey in a
  folder that goes with the run, and two databases: one of 10,000 records, one of `SIZE` (1,000,000 unless said).
  `QUICK=1` takes 20,000 records and rounds of a second, to see that everything works; it says little.
  `ONLY=reads,delivery` picks areas and leaves this page alone.
* The records are made up, belong to forces that exist nowhere else, and are marked so in every document
  (`bench/synthetic.py`). The statistics that go with them are what `manage.py collate --verify` counts.
* Web servers run as the service's own does: granian, one process, four threads (or one loop for asynchronous peers).
  Peers carry no sessions, no sign-in and no other middleware than they need. The wide table they read is made from the
  same documents, and they answer with the same content.
* Delivery is timed by PostgreSQL itself: from the commit of the event to the commit of its last subscriber, by
  `track_commit_timestamp`. Every way to deliver runs the same three subscribers with two worker processes.
* Load goes over loopback only, with so many connections for so many seconds; whatever happens, nothing that was started
  outlives the run.
"""
