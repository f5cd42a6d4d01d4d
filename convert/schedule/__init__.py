"""Lets systemd or cron start the run: how often, the texts that say so, and putting them in place."""
