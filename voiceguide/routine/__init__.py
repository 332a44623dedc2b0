"""What the author wrote: the routine file, its model and its reader."""
