"""What a session becomes outside the program: files, whole or in parts, captions, a timetable, pictures, a page."""
