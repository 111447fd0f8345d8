"""From the tables of one finished run to what they say."""
