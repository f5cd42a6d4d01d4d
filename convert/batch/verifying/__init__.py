"""Verifies what lies in the output folder."""
