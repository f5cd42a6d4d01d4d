"""What an article refers to, and where that leads: other articles' files, pictures, places in itself."""
