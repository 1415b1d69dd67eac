"""How the tables of a venue's records came to be what they are, step by step."""
