"""Where the work of a run is done: worker processes, this process, or a cluster, and what the workers share."""
