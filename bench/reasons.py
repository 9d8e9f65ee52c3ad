"""Why a goal falls short, where it does: written by hand, shown beside the figures as long as they fall short."""

SHORT: dict[int, str] = {
    1: "Why: two thirds of the processor time of a page is Django's: middleware that the public API does not need "
    "(sessions, sign-in, messages), the framework's dispatch, and compiling the same query again for each request. "
    "PostgreSQL's part is the smaller one. Next: compile each kind of question once, and give the public API a short "
    "way past sessions.",
    2: "Why: as for goal 1; with one record to fetch, dispatch is nearly all there is.",
    3: "Why: the version is worked out anew for each request by counting the newest 5,000 entries, and Django's "
    "dispatch costs as much again. A version kept in a row would be read at once, but a row that every publication "
    "writes to makes them queue; one row for each force, written when the transaction commits, would not.",
    4: "Why: on a machine that is not idle the two sides of this ratio differ by more than a fifth from one second to "
    "the next. The plan is the same for 10,000 records and for all of them: 51 steps along one index.",
    5: "Why: an event passes through four processes (its own, relay, broker, worker), and each waits for a turn when "
    "the cores are taken by others. Both Celery peers are slowed in the same way. An idle machine is needed to tell.",
    6: "Why: whoever records, relay, both workers and PostgreSQL share the same cores, and here others had most of "
    "them.",
    7: "Why: counting one event alone is mostly the commit, and its spread on a busy machine is wider than a tenth. In "
    "batches Python works out 28 measures for each record, which is what is left to be made cheaper. A view of few "
    "columns, as the one here, refreshes quicker than one with all measures and rates would.",
    8: "Why: see the figures below; the time is that of all statements of the page together, with fetching.",
    9: "Why: each row's printed cells and its document are written as JSON in Python before they are copied; PostgreSQL "
    "waits for that. A bare COPY of lines that are ready has nothing to write.",
    10: "Why: the policy adds one comparison to each row of the sum. The list is read by the index either way.",
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
