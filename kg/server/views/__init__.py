"""What each page shows: functions from the library to HTML that know nothing of HTTP.

shelf.py     what a view is given: the library and where links lead
home.py      the first page, search, lists
outcome.py   an outcome: verdict, chains with their breaks, evidence; evidence.py, drawing.py
things.py    claims, studies, sources, exposures and whatever else has an IRI
tools.py     rules, SPARQL, suppositions, the API
"""
