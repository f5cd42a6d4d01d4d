"""Files that hold many articles each."""
