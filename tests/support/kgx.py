"""A small graph in KGX: nodes and edges."""

from __future__ import annotations

NODES = """id\tcategory\tname\tsynonym
CHEBI:1\tbiolink:Drug\taspirin\tASA|acetylsalicylic acid
MONDO:1\tbiolink:Disease\tfever\t
UniProt:P1\tbiolink:Protein\tCOX-1\t
"""
_HEAD = (
    *("id", "subject", "predicate", "object", "knowledge_level", "agent_type", "publications"),
    *("negated", "object_direction_qualifier", "object_aspect_qualifier"),
)
_ROWS = (
    "e1 CHEBI:1 biolink:affects UniProt:P1 knowledge_assertion manual_agent PMID:1|PMID:2 - "
    "decreased activity",
    "e2 UniProt:P1 biolink:causes MONDO:1 prediction text_mining_agent - - - -",
    "e3 CHEBI:1 biolink:treats MONDO:1 not_provided not_provided DOI:10.1/x true - -",
    "e4 CHEBI:1 biolink:related_to MONDO:1 - - - - - -",
)
EDGES = "".join(
    "\t".join("" if cell == "-" else cell for cell in row) + "\n"
    for row in (_HEAD, *(row.split() for row in _ROWS))
)
