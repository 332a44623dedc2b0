"""When each thing happens: a routine fitted to a time, worded, and laid on a timeline.

Pure: what is measured (how long a sentence is when spoken) comes in as a function, and nothing here reads a clock.
Times are whole milliseconds; spans are half-open.
"""
