"""What goes with a session outside the program: pictures of it, and later tags, captions and pages."""
