"""Text, pure: counting, links, facets, splitting, similarity; no file, socket, clock or setting is touched here."""
