"""The batch: find the sources, plan what becomes of them, convert them in worker processes, make volumes, report."""
