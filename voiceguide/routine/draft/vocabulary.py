"""Words by which a sentence is understood."""

from typing import Final


def word_set(words: str) -> frozenset[str]:
    """Return the words of a list that is written as text."""
    return frozenset(words.split())


VERBS: Final = word_set(
    """
    add adjust aim align allow alternate apply arrange ask avoid balance be begin bend blend breathe bring brush
    chat check choose chop circle clasp clean clear close comb combine come communicate complete compress conclude
    connect continue cool cover create cross cup cushion decrease deepen dig dim direct discuss do drag drape draw
    drizzle drop drum dry ease encourage end ensure exhale explain extend feel fill find finish flatten flick flip
    focus fold follow form gather get give glide go grab grasp grip guide have heat help hold hook incorporate
    increase inhale inquire interlace interlock invite keep knead kneel lay lean leave let lie lift light lighten
    listen locate lock look lower maintain make massage melt mix move notice oil open palm pat pause perform pick
    pinch place play point position pound pour prepare press proceed prop provide pull pulse pummel push put raise
    rake reach reapply reduce relax release relieve remain remember remove repeat reposition rest return reverse
    rinse rise rock roll rotate rub run save scoop seat select send separate set shake shape shift shut sink sit
    slide slip slow smooth soak soften soothe speak spend spread squeeze stack stand start stay steady step
    stimulate stop straddle stretch stroke support sway sweep swing swipe switch take talk tap tell test thank tilt
    touch trace trail transition try tuck turn twist undress use utilize utilise vary vibrate wait walk warm wash
    watch welcome wipe work wrap wring
    """
)
"""What an instruction starts with."""

NOUNS_TOO: Final = word_set(
    """
    balance circle close cup end focus form help light lower massage oil open palm point press pressure pulse
    rest roll slow smooth step stretch stroke support touch vary walk warm work
    """
)
"""Verbs that start other sentences as well, as in "Massage has many uses": the next word decides."""

AFTER_A_VERB: Final = word_set(
    """
    a across again against all along an and any around as at away back between both by circles deep deeply directly
    down each every evenly everything firmly first five for four from gently gradually hands her his hot in inside into
    it its just lightly long lots more music no off oil on one only or out outward outwards over quietly slowly small
    smoothly soft softly some soothing still that the their them these this those three through to together toward
    towards two under underneath up upon upward upwards using very warm water with within your
    """
)

OPENERS: Final = word_set(
    """
    after as once when while with using before if in for from next now then first finally lastly the this these your you
    """
)
"""What else a sentence starts with, when the one before has lost its end."""

SMALL_WORDS: Final = word_set("a an and as at but by for from how in into is it of on or the to with your vs")
"""What even a title writes small."""

SHORT_FORMS: Final = word_set("e.g. i.e. approx. vs. dr. mr. mrs. ms. st. fig. no.")
"""What ends with a stop and ends no sentence."""
