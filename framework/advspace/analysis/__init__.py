"""From the tables of a finished run to findings."""
