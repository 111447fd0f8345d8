"""The attacks of other libraries."""
