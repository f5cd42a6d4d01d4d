"""The outputs of single articles: their conversion, their writing, their names."""
