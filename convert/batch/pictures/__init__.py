"""Pictures of books: from the mirror's files, or fetched politely from the web into a cache."""
