"""Measures: fidelity over a corpus, speed and memory beside other tools."""
