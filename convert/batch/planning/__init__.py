"""What a run has to make: the plan, held against what there is."""
