"""From evidence to certainty: profiles, bridges, bodies of evidence, the chain algebra, wording."""
