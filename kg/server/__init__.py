"""The server: SPARQL protocol, JSON API, linked data and pages over `kg.api`.

    app.py            the routes
    json_api.py       the addresses of the JSON API and their parameters
    mcp.py            the tools of the Model Context Protocol
    grade_library.py  the base and its grades, each computed once
    http/             requests: middleware, SPARQL 1.1 Protocol, response cache, metrics
    workers/          worker processes: pool.py queues jobs and ends them, jobs.py has the jobs
    views/            pages
    site.py           the same pages as files

The process that talks to clients parses no query and renders no page: workers do.
"""
