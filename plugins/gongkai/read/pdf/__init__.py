"""PDF: a fast reader of the text layer, and a careful one of ruled tables."""
