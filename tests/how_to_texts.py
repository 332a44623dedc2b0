"""Five how-to texts in the shapes that people publish them in, page furniture and slips included.

GLIDES has no title, headings that call out, bullets with curly quotes, and an advertisement at its end; RUN_ON is prose
without a figure; FOUNDATIONS has a heading right after a paragraph and sentences without stops; EMBRACE has its title
twice, lists of strokes and questions with answers; ELEVEN has numbered steps with remarks between them, spaces that
got lost, and links.
"""

from typing import Final

GLIDES: Final = """\
To be touched by somebody who takes their time is one of the finest gifts there is. You can have it done by a
professional, and pay for it.\u00a0

A good rub at home is nearly as fine. These are the “secrets” behind it!

First, look for a good place!

A good place matters much. You’ll want a surface that’s firm and long. If you don’t own a table, the floor will do.

Set the scene!

Dim the lamp and put on quiet music.

Pick an oil!

You do not need to have oil, but hands run better with it. It’s best to use one without a scent.

Ask about the pressure!

Tastes differ, so don’t think that you know them.

The strokes for your partner’s back

  • Stand at the head of the table. Warm a little oil between your palms. Lay your hands down below the neck.
  • Glide down beside the spine, and back up along the sides to the shoulders.
  • Draw multiple circles around the shoulder blades with flat palms.
  • Bring your hands down the back, and let them meet over the low back.
  • Slide up again, one thumb on either side of the spine.
  • Slide out over the tops of the shoulders, and come together below the neck. Repeat 3–5 times more.
  • Slide over the shoulders and down their arms, and leave between the fingers.
  • Do all of it 3–5 times more, in any order you like. Take fresh oil as needed.

Contact Golden Hands now to hear how we can help with the rest!"""

RUN_ON: Final = """\
Learn a Back Massage by Heart

Two hands on a back, seen from above

Massage is good against a hard day. But the neck and the spine are easily hurt. Without some knowledge, one does harm.

Make a place for it

A massage is no joy in a noisy room. Instead, take your time to prepare it for all the senses.

First, find calm music. A brook will do as well.

Second, add a scent, such as lavender. It is the oldest of the senses.

How the strokes go

The start matters most. After pouring out some oil, rub your palms until they are warm. From there, use long strokes
all over; its name is effleurage. It works so well because it warms as it goes. From there, you can start kneading,
bit by bit. Make sure to stay on the muscles. You can alternate between strokes and short presses. The neck holds a
lot.

Ask how it feels

People differ. Make sure to ask them now and then how the pressure is. This gives you something to go by.

If the pain has lasted for long, it may be time for a specialist."""

FOUNDATIONS: Final = """\
There is hardly a simpler way to make somebody feel better than a back rub. This text tells of what it does, what it
needs and how it is done.

What a back rub is good for

It makes people calm and it loosens what is stiff. Done often it even betters how they hold themselves.

Getting ready

Ensure that the room is warm and still, because nothing disturbs so much as a cold draught. Lay a thick mat on the
floor.

You should also gather all the oils and cloths that may be wanted.

Beginning

Warm a little oil between your palms; begin softly so that nothing hurts. Use slow, broad strokes up toward the neck
until no spot is left out.

While it lasts

Heat the oil a bit before you pour it.
Talking as You Work
While you work, it is important to keep talking with them. Their answers lead your hands.

What goes wrong

Some things take away from it, as when there is too much weight on the back.

Ending the Session

When you are near the end use lighter strokes slower and slower then let them rest few minutes after that spread a warm
towel over them and hand over a glass of water.

Wrapping Up

All in all a good rub is made of calm and talk and time"""

EMBRACE: Final = """\
Evenings for Two: Back Massage as a Pair

Evenings for Two: Back Massage as a Pair


A massage for two is a fine thing for a tired back.

Benefits of a Massage for Two

It has many. Some of them follow:

Closeness

  • Time together: An evening like this is time for nobody else. It does both of them good.
  • Trust: Hands that listen can also build trust – and it lasts!

Strokes for Two

There are many, and here are some of them:

  • Friction and trigger points are just two.

The Swedish Way

It is the one that is offered most. It makes use of gentle kneading and gliding.

Its strokes are:

  • Long, flowing strokes (effleurage), now light and now less so.
  • Kneading (petrissage), to lift and loosen.
  • Friction for what lies deeper.
  • Soft tapping (tapotement) against nerves.
  • Compression for tight joints.
  • Circular movements for the flow of lymph.
  • Vibration to end with.

Knots and How to Find Them

A knot – “trigger point” in books – comes from strain. Pulses might help – that is, pressing on the knot for 10-15
seconds at a time. It softens what is hard.

Prepare the room

The right air is half of it. Here are some tips:

  • Choose a room that is yours alone – a kitchen, or a garden.
  • Dim the lamps or light a candle.
  • Put two blankets down – they will do for a table. One is enough on a mat.
  • Have things close by: lotion, towels, a scent.

Set the mood

Calm is the key. Spend a few minutes on candles and quiet music before. Take turns, so that both of you can rest.

When it’s over, talk it over together.

Frequently Asked Questions

Q: Does it take a couple?
A: No. It takes two, and a wish to press on.

Q: How long does it last?
A: At most places a massage for two will last for an hour or longer, as you wish and as the house offers.

the good back course by a. nybody
A. Nybody is an enthusiast of backs.

Related Articles"""

ELEVEN: Final = """\
How to Rub a Tired Back
for fewer aches and more ease!

Anybody can do it, and it is what people like best: some ask for the entire hour to go to the back alone.

It may help with\u00a0stiff neckssore shouldersold strains,\u00a0and whatever else a day leaves behind.

Eleven Steps - How to Rub a Back

1) Pour some lotion in your palms. Rub them together several times until it is warm, and coat the entire back
with it.

2) When nothing is left dry, massage it lightly for 5-6 minutes.

3) Go to the upper back, and lean in with palms and fingertips, sweeping up close to the spine. Be careful to not
lean on the bone. Do this sweep 3-4 times.

4) Now using both thumbs, from the top of the shoulder, and press all the way down.

5) Next, your first three fingers press and run down, repeating 3-4 times.

6) Then lay down a forearm and rub the shoulder blade with light pressure, 3-4 times in all.

7) Now, go to the lower back. With flat palms, make circular motions there.

A lot of strain sits near the hips. This is where warm stones would do well.

Read more about warm stones and sto

Work on it 2-3 minutes, with circles alone.

8) Then slide to the upper buttocks (but only 1"-2"'s under the belt). Again, draw circles with light pressure.

9) Repeat this on the right side of the body.

10) Now, stroke the neck lightly, once more on each side, up to the base of the skull.

Step to the head end and rub there. It will give you more control.

11)\u00a0 Sweep over the entire back again, leaving a few minutes more to its lower part, and end at the neck. Lastly,
save 1-2 minutes for the scalp.

This DVD, Backs and More, can help you learn the rest of it at home.

Other Resources

Read more about all of this at Backs Online

New! Comments

Have your say about this page! Leave me a comment in the box below."""
