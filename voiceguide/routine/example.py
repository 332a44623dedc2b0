"""A routine to begin with: short, whole, and every key in it once, with what it is for."""

from pathlib import PurePath
from typing import Final

from voiceguide.errors import RoutineError
from voiceguide.routine.document import CONTROL
from voiceguide.routine.draft.writing import scalar

_LONGEST_TITLE: Final = 120

_EXAMPLE: Final = """\
# A routine for voiceguide. Change it as you like; 'voiceguide check' names every mistake with its line.
# Times are written 45 s, 1:30 or 5-6 min. Within a range, voiceguide takes what fits the length you ask for.

format: 1                      # the version of this file format
title: {title}
summary: A short back massage, from warm hands to a quiet end.  # one sentence, for 'voiceguide list'
language: en                   # of the texts below
source: Our own evenings.      # where it comes from
needs:                         # what to have at hand
  - massage oil
  - a towel
cautions:                      # what to know before starting; 'voiceguide show' prints it
  - Never press on the spine itself.
  - Stop if anything hurts.

sections:                      # the parts, in order
  - title: Getting ready
    kind: preparation          # or massage, close, aftercare; massage if left out
    steps:                     # what is done, in order
      - title: Warm hands      # a short name, for the timetable and the preview
        # The instruction: short sentences, what the hands do first.
        say: Pour a little oil into one palm. Rub your hands together until they are warm.
        time: 45-60 s          # how long, from the chime on, the instruction included
        wait: true             # waits for a key where there is one, else for its time

  - title: The back
    steps:
      - title: Long strokes
        say: Lay both palms on the lower back. Glide up beside the spine, and down along the sides.
        # The same in a few words, for when the step comes again.
        brief: Up beside the spine, down along the sides.
        technique: effleurage  # the stroke
        area: whole back       # the part of the body
        pressure: light        # light, medium or firm
        time: 3-5 min
        open: true             # may last longer when you ask for more time than the routine has

      - title: Sweeps
        say: Set your fingertips beside the spine. Sweep out to the side, and come back through the air.
        area: upper back
        touches: [shoulders]  # other parts that the hands pass over
        repeat: 3-4 times      # how often: instead of a time, together with 'each' or 'hold'
        each: 15-20 s          # how long one of them takes
        caution: Keep off the bone of the spine.  # said after the instruction, the first time

      - title: Press and wait
        say: Find a tight spot beside the shoulder blade. Lean in with your thumb, as long as it feels good.
        pressure: medium
        repeat: 3 times
        hold: 10-15 s          # press and be still; a low bell says when to let go
        optional: true         # may be left out when time is short
        priority: 3            # 1 to 9: among optional steps, 1 is left out first

  - title: One side, then the other
    sides: left, right         # all steps of the section on one side, then on the other; a step may have it too
    steps:
      - title: Circles on the shoulder
        say: Lay your hand on the shoulder. Make slow circles, as large as the palm.
        area: shoulders
        time: 1-2 min

  - title: The end
    kind: close
    steps:
      - title: Rest
        say: Lay both hands on the back. Let them lie there, still and warm.
        pressure: light
        time: 45-60 s
"""


def example(name: str) -> str:
    """Return the YAML of a routine to edit, with a comment for every key; its title is made from `name`.

    Args:
        name: As a person names a file: "evening-back" or "evening_back.yaml" becomes "Evening back".

    Raises:
        RoutineError: Nothing is left of the name, or it is longer than a title may be.
    """
    words = " ".join(CONTROL.sub("", PurePath(name).name).split())
    for ending in (".yaml", ".yml"):
        words = words.removesuffix(ending)
    spoken = " ".join(words.replace("-", " ").replace("_", " ").split())
    title = spoken[:1].upper() + spoken[1:]
    if not title:
        raise RoutineError(f"{name!r} is no name for a routine", hint="give it a name, such as evening-back")
    if len(title) > _LONGEST_TITLE:
        raise RoutineError(
            f"the name has {len(title)} characters", hint=f"{_LONGEST_TITLE} at most: call it something shorter"
        )
    return _EXAMPLE.replace("{title}", f"{scalar(title)}  # the name of the routine")
