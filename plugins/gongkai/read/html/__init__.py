"""Web pages: those of content management systems, of word processors, of converters, saved or sent as JSON."""
