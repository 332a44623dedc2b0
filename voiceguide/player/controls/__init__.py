"""What steers a live session."""
