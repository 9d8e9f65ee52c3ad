"""Why a goal falls short, where it does: written by hand, shown beside the figures as long as they fall short."""

SHORT: dict[int, str] = {
    1: "What is known: a page is one prepared statement, 0.4 ms of PostgreSQL, and 0.2 to 0.3 ms of one process beside "
    "it, in four threads that take turns. On a machine whose cores are taken, each turn waits.",
    2: "What is known: a record is one prepared statement. On a quiet core the process works 0.18 ms besides, no "
    "more than for an address that does nothing: host, headers, limits, language, addresses and the framework's "
    "dispatch, spread over some 1,100 calls. Under load, four threads that share one interpreter make 0.6 to 1 ms of "
    "it, asking and waiting included; FastAPI, with none of these duties, asks from one thread and takes 0.3. Plain "
    "DRF fetches two rows and encodes one, about 5 ms in the same conditions: twenty times as fast is less than "
    "FastAPI takes.",
    3: "What is known: an answer that nothing has changed is one prepared statement of 0.05 ms, and 0.2 ms of one "
    "process; see 2 for where those go.",
    5: "What is known: an event that travels alone costs about 5 ms of the relay, 6 of the worker's main process, 7 of "
    "its pool and 8 of PostgreSQL, and each of its commits waits about 1 ms for the disk. On a quieter machine it was "
    "done in 14 ms, in 17 at the 99th percentile. The rest is waiting for a turn.",
    6: "What is known: 10,000 events cost about 0.5 s of the recorder, 0.4 of the relay, 1.3 of the workers and 2.2 to "
    "2.9 of PostgreSQL, nearly all of it writing rows and their indexes. On a quieter machine: 2,500 to 4,500 a "
    "second.",
    7: "What is known: in batches a record costs about 0.2 ms of Python (reading the document, 20 measures) and 0.2 to "
    "0.4 ms of PostgreSQL (reading head and body, keeping what was counted). Cells are one statement for a batch.",
    8: "What is known: planning and running its ten statements is 2.7 ms of the page of statistics when asked again at "
    "once, 1.2 each for adding up the year cells of the two tiers. The rest is receiving each statement with cold "
    "caches, on cores that others use in between. Next: prepare these statements, too, and ask for both tiers at once.",
    9: "What is known: a staged row keeps what was printed and what was read beside its typed columns, more than 2 KB "
    "in a table with four indexes. Even a bare COPY of such rows is only 30 to 60 times the usual importer; its table "
    "is narrow and has one index. Acceptance as entries costs about 3.5 ms of Python a row, most of it checking the "
    "document against the public schema.",
    10: "What is known: the statement names the forces and the policy looks each row up once more. On a million rows "
    "of two numbers a sum took 38 ms, 109 with the statement's condition, 183 with both: 70 ms for each, a tenth "
    "of the sum measured here. As a hashed subquery the policy would cost half, and could not use the index that "
    "lists of one force need.",
    11: "What is known: the work of most pages does not grow with the records. A search by words does, up to its "
    "bound: the best match comes first only where at most 5,000 records hold the words, and each of those is ranked "
    "and counted (docs/decisions/0073).",
}

METHOD = """## How it is measured

* `make bench` makes an environment of its own (`.venv-bench`, `requirements-bench.txt`), PostgreSQL and Valkey in a
  folder that goes with the run, and two databases: one of 10,000 records, one of `SIZE` (1,000,000 unless said).
  `QUICK=1` takes 20,000 records and two rounds of a second, to see that everything works; it says little.
  `ONLY=reads,delivery` picks areas (`reads`, `delivery`, `sums`, `imports`, `locks`, `pages`) and leaves this page
  alone. An area that fails is named and leaves the others their figures.
* The records are made up, belong to forces that exist nowhere else, and are marked so in every document
  (`bench/synthetic.py`). The statistics that go with them are what `manage.py collate --verify` counts.
* Web servers run as the service's own does: granian, one process, four threads (or one loop for asynchronous peers).
  Peers carry no sessions, no sign-in and no other middleware than they need. The wide table they read is made from the
  same documents, and they answer with the same content.
* Delivery is timed by PostgreSQL itself: from the commit of the event to the commit of its last subscriber, by
  `track_commit_timestamp`. Every way to deliver runs the same three subscribers with two worker processes.
* An import is timed from rows that are mapped to rows that are staged and checked, beside a bare COPY of the very same
  rows into the same table with the same indexes. The usual importer gets a thousand rows and checks nothing but types.
* Row-level security is measured on one table of all the records, by one SQL, as the application's role in its scope
  and as a role that goes around the locks.
* A page of statistics is measured by the processor time of the PostgreSQL process that serves it (`schedstat`): what
  it waits for its turn is not the page's. The raw GROUP BY is measured alike, in one process.
* Load goes over loopback only, with so many connections for so many seconds; whatever happens, nothing that was started
  outlives the run.
"""
