"""The programs: a composed config in, a finished run out."""
