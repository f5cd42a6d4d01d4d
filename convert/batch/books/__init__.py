"""Volumes: which are made anew, their binding, their feed, and their way to readers."""
