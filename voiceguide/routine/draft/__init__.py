"""A how-to text in, the YAML of a routine to edit out.

Everything here is pure: text in, text out. Conventions:

* nothing is invented: a value that the text does not give has a comment that ends in "change this", and a figure that
  cannot be read is quoted in one;
* nothing is lost: the steps keep the author's words, and what became no step is listed at the end;
* every pattern takes time in proportion to the text: what repeats in one has a bound.

The way of a text: `intake` (plain text, clean) to `blocks` (headings, items, prose) to `sorting` (what is a step) to
`fields` (figures and words of the body as keys) to `writing` (YAML with comments).
"""

from voiceguide.routine.draft.drafting import draft
from voiceguide.routine.draft.intake import decode_text

__all__ = ["decode_text", "draft"]
