"""The first config of a mirror: a look at its folder, and what fits it."""
