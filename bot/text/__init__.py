"""Text, pure: counting, links, facets, splitting, similarity; no socket, clock, setting or state is touched here."""
