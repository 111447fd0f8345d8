"""Picture files: opened by their content, read exactly or refused, never larger than one limit."""
