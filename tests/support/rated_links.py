"""A table of rated links."""

from __future__ import annotations

from kg.formats.rated_links.tables import LINK_COLUMNS

HEAD = ",".join(LINK_COLUMNS)
GOOD = """\
zinc,decreases,inflammation,-1,moderate,weak,3,PMID:1
inflammation,increases,acne scars,1,Low,moderate,2,
zinc,decreases,acne scars,-,unrated,,,blog
copper,increases,acne scars,+1,VERY_LOW,none,,blog
"""
