"""What each page shows: functions from the library to HTML that know nothing of HTTP.

page_context.py  what a view is given: the library and where links lead
home.py          the first page, search, lists
outcome.py       an outcome: verdict, chains with their breaks; link_evidence.py, drawing.py
things.py        claims, studies, sources, exposures and whatever else has an IRI
tools.py         rules, SPARQL, scenarios, the API
"""
