"""The server: SPARQL protocol, JSON API, linked data and pages over `kg.api`.

    worker.py    a process behind walls that computes: jobs.py says what it can
    pool.py      keeps workers, queues jobs, ends what takes too long
    door.py      what every request passes: host, origin, size, headers, log, metrics
    log.py       one JSON object a line, from the server, its libraries and its workers
    protocol.py  the SPARQL 1.1 Protocol
    library.py   the base and its grades, each computed once
    app.py       routes; site.py writes the same pages as files

The process that talks to clients parses no query and renders no page: workers do.
"""
