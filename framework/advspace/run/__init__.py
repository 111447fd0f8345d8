"""The programs: from a composed config to a finished run."""
