"""The input of a run: its sources, how it is brought up to date, and when it changes."""
