"""Sources: fetched politely, read tolerantly, turned into entries."""
