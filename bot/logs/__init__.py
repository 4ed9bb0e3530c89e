"""What the program says of itself while it runs: lines or JSON, without a secret."""
