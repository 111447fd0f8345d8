"""Files: written atomically, read without trust, sealed with a checksum."""
