// Plays the session that lies in this page. Positions are milliseconds of the session, as in its plan.
// Nothing in it is newer than ES2017: one operator that a phone does not know, and it runs none of this.
"use strict";

(() => {
  const PREVIOUS_MS = 5000; // So long after its start "previous" means the step before, later the start of this one.
  const NEAR_MS = 50; // A browser that seeks to a step may stop a codec frame before it.
  const STEP_SIZES = [1, 0.9, 0.8, 0.72, 0.64]; // The first with which all is on the screen and no word is broken.
  const LEAST_KEPT_MS = 5000; // Whoever stops that early or that late begins anew.

  const get = (id) => document.getElementById(id);
  const session = JSON.parse(get("session").textContent);
  const { words, steps, lengthMs } = session;
  const sound = get("sound");
  const entries = []; // The buttons of the list, one for each step.

  let shown = -1; // The step on the screen.
  let wantedMs = null; // Where to go as soon as the sound is open.
  let keptMs = 0; // The position as last written down.
  let begun = false;

  // ---- Where we are

  const nowMs = () => (wantedMs === null ? Math.min(sound.currentTime * 1000, lengthMs) : wantedMs);

  const stepNow = () => steps.filter((step) => step.startMs <= nowMs() + NEAR_MS).length - 1;

  const clock = (ms) => {
    const seconds = Math.max(0, Math.round(ms / 1000));
    const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((each) => String(each).padStart(2, "0"));
    const hours = Math.floor(seconds / 3600);
    return hours ? [hours, ...parts].join(":") : parts.join(":").replace(/^0/, "");
  };

  const kept = {
    // Storage may be switched off, or full: then a reload begins anew.
    key: `voiceguide ${session.key}`,
    read() {
      try {
        const ms = Number(localStorage.getItem(this.key));
        return ms >= LEAST_KEPT_MS && ms <= lengthMs - LEAST_KEPT_MS ? ms : 0;
      } catch (refused) {
        return 0;
      }
    },
    write(ms) {
      keptMs = ms;
      try {
        localStorage.setItem(this.key, String(Math.round(ms)));
      } catch (refused) {
        // As above.
      }
    },
  };

  const keep = () => kept.write(nowMs());

  // ---- What one can do

  const seek = (ms) => {
    wantedMs = Math.min(Math.max(0, ms), lengthMs - 1);
    if (sound.readyState > 0) {
      sound.currentTime = wantedMs / 1000;
      wantedMs = null;
    }
    show();
    keep();
  };

  const play = () => {
    if (get("hold").disabled) return;
    if (sound.ended) seek(0);
    // Refused where the browser wants to be touched first; then the button still says so.
    sound.play().catch(() => {});
  };
  const pause = () => sound.pause();
  const toggle = () => (sound.paused ? play() : pause());
  const goTo = (index) => seek(steps[Math.min(Math.max(0, index), steps.length - 1)].startMs);
  const next = () => stepNow() < steps.length - 1 && goTo(stepNow() + 1);
  const previous = () => {
    const index = stepNow();
    goTo(nowMs() - steps[index].startMs < PREVIOUS_MS ? index - 1 : index);
  };

  // ---- What one sees

  const put = (id, text) => {
    if (get(id).textContent !== text) get(id).textContent = text;
  };

  const say = (text, role = "status") => {
    get("status").setAttribute("role", role);
    get("status").hidden = !text;
    put("status", text);
  };

  const measure = (name, startMs, endMs, ms) => {
    get(`${name}-bar`).max = endMs - startMs;
    get(`${name}-bar`).value = ms - startMs;
    put(`${name}-left`, words.left.replace("{time}", clock(endMs - ms)));
  };

  const show = () => {
    const ms = nowMs();
    const index = stepNow();
    if (index !== shown) showStep(index);
    measure("step", steps[index].startMs, steps[index].endMs, ms);
    measure("session", 0, lengthMs, ms);
  };

  const showStep = (index) => {
    if (shown >= 0) entries[shown].removeAttribute("aria-current");
    entries[index].setAttribute("aria-current", "step");
    shown = index;
    const { title, section } = steps[index];
    const after = steps[index + 1];
    put("step", title);
    put("section", section || "");
    put("after-title", after ? after.title : "");
    get("after").hidden = !after;
    fitStep();
    // Where the list scrolls by itself, beside the player.
    get("steps").scrollTop = entries[index].offsetTop - get("steps").clientHeight / 3;
    tellSystem(title);
  };

  const fitStep = () => {
    const main = document.querySelector("main");
    const step = get("step");
    // Behind an address bar, a browser that does not know svh has less to show than it takes.
    const screenPx = Math.max(window.innerHeight, parseFloat(getComputedStyle(main).minHeight) || 0);
    step.style.overflowWrap = "normal";
    for (const size of STEP_SIZES) {
      step.style.setProperty("--fit", size);
      const seen = main.scrollHeight <= Math.min(main.clientHeight, screenPx) + 1;
      if (seen && step.scrollWidth <= step.clientWidth) return;
    }
    step.style.overflowWrap = "";
  };

  const showState = () => {
    const plays = !sound.paused;
    begun = begun || plays;
    get("hold").classList.toggle("plays", plays);
    const waiting = sound.ended ? words.again : begun || nowMs() > 0 ? words.resume : words.start;
    if (!get("hold").disabled) put("hold-name", plays ? words.pause : waiting);
    document.querySelector("main").classList.toggle("fresh", !begun && nowMs() === 0);
    get("again").hidden = begun || nowMs() === 0;
    if (begun) say(sound.ended ? words.ended : "");
    fitStep();
    if (system) system.playbackState = plays ? "playing" : "paused";
    tellPosition();
  };

  const make = (name, text, parent) => {
    const element = parent.appendChild(document.createElement(name));
    if (text !== undefined) {
      element.dir = "auto";
      element.textContent = text;
    }
    return element;
  };

  const fillList = () => {
    let list = null;
    steps.forEach((step, index) => {
      if (!list || step.section !== steps[index - 1].section) {
        if (step.section) make("h3", step.section, get("steps"));
        list = make("ol", undefined, get("steps"));
        list.setAttribute("role", "list"); // Safari takes the role away together with the numbers.
      }
      const button = make("button", undefined, make("li", undefined, list));
      button.type = "button";
      make("b", step.title, button);
      button.append(" ");
      make("time", clock(step.startMs), button);
      button.addEventListener("click", () => {
        goTo(index);
        play();
        // Else the space bar would come back here, and not hold.
        get("hold").focus({ preventScroll: true });
        window.scrollTo(0, 0);
      });
      entries.push(button);
    });
  };

  const fillBefore = () => {
    const { summary, cautions } = session;
    if (!summary && !cautions.length) return;
    make("h3", words.before, get("before"));
    if (summary) make("p", summary, get("before"));
    const list = make("ul", undefined, get("before"));
    for (const caution of cautions) make("li", caution, list);
  };

  // ---- Captions

  const addTrack = (kind, text) => {
    const track = document.createElement("track");
    track.kind = kind;
    track.srclang = session.language;
    track.label = session.title;
    track.src = URL.createObjectURL(new Blob([text], { type: "text/vtt" }));
    sound.append(track);
    track.track.mode = "hidden"; // It is read, and shown by ourselves: an audio element has no screen.
    return track.track;
  };

  const caption = (event) => {
    const cues = [...event.target.activeCues];
    put("caption", cues.map((cue) => cue.getCueAsHTML().textContent).join(" "));
  };

  // ---- Lock screen, headset, screen

  const system = navigator.mediaSession;

  const tellSystem = (title) => {
    if (!system) return;
    const artwork = session.cover ? [{ src: session.cover, type: "image/png" }] : [];
    system.metadata = new MediaMetadata({ title, artist: steps[shown].section || "", album: session.title, artwork });
    tellPosition();
  };

  const tellPosition = () => {
    if (!system || !system.setPositionState) return;
    system.setPositionState({ duration: lengthMs / 1000, position: nowMs() / 1000, playbackRate: 1 });
  };

  const listenToSystem = () => {
    if (!system) return;
    const actions = {
      play,
      pause,
      stop: pause,
      previoustrack: previous,
      nexttrack: next,
      seekto: ({ seekTime }) => seek(seekTime * 1000),
    };
    for (const [action, handler] of Object.entries(actions)) {
      try {
        system.setActionHandler(action, handler);
      } catch (unknown) {
        // A browser that does not know this one.
      }
    }
  };

  let lock = null;
  let awake = Promise.resolve();
  const stayAwake = () => {
    // One after the other, so that no lock is forgotten.
    awake = awake.then(async () => {
      const needed = !sound.paused && !document.hidden && navigator.wakeLock;
      if (lock && lock.released) lock = null;
      if (needed && !lock) lock = await navigator.wakeLock.request("screen");
      if (!needed && lock) await lock.release();
    }).catch(() => {}); // Refused, with a weak battery for example: the screen goes dark, the sound goes on.
  };

  // ---- The sound comes in pieces, after this script. Each is made binary and forgotten at once, so that a phone never
  // holds the text of it all. A Blob can be sought in everywhere; a browser may keep it on its disk.

  const pieces = [];
  let heldBytes = 0;

  const open = () => {
    const whole = new Blob(pieces.splice(0), { type: session.sound.type });
    sound.addEventListener("error", () => {
      // Some browsers inside apps play no Blob.
      const reader = new FileReader();
      wantedMs = nowMs();
      sound.addEventListener("error", () => fail(words.silent), { once: true });
      reader.addEventListener("load", () => (sound.src = reader.result));
      reader.readAsDataURL(whole);
    }, { once: true });
    sound.src = URL.createObjectURL(whole);
    get("hold").disabled = false;
    showState();
  };

  const fail = (text) => {
    get("hold").disabled = true;
    put("hold-name", "–");
    say(text, "alert");
  };

  window.take = () => {
    const element = document.currentScript.previousElementSibling;
    const text = atob(element.textContent);
    const bytes = new Uint8Array(text.length);
    for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
    element.remove();
    pieces.push(new Blob([bytes]));
    heldBytes += bytes.length;
    if (heldBytes === session.sound.bytes) open();
    else put("hold-name", `${Math.floor((100 * heldBytes) / session.sound.bytes)} %`);
  };

  document.addEventListener("DOMContentLoaded", () => {
    if (heldBytes !== session.sound.bytes) fail(words.broken);
  });

  // ---- All together

  const KEYS = {
    " ": toggle,
    ArrowRight: next,
    ArrowLeft: previous,
    Home: () => goTo(0),
    End: () => goTo(steps.length - 1),
  };

  document.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    const pressesButton = event.key === " " && event.target.closest && event.target.closest("button");
    if (!act || pressesButton || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!event.repeat) act();
  });

  const onClick = (id, act) => {
    get(id).addEventListener("click", (event) => {
      act();
      // After a touch the space bar is for holding; who works with the keyboard stays where they are.
      if (event.detail) get("hold").focus({ preventScroll: true });
    });
  };
  onClick("hold", toggle);
  onClick("previous", previous);
  onClick("next", next);
  onClick("again", () => {
    seek(0);
    play();
  });
  onClick("captions", () => {
    const on = get("captions").getAttribute("aria-pressed") !== "true";
    get("captions").setAttribute("aria-pressed", String(on));
    get("caption").hidden = !on;
  });

  sound.addEventListener("loadedmetadata", () => wantedMs !== null && seek(wantedMs));
  sound.addEventListener("timeupdate", () => {
    show();
    if (Math.abs(nowMs() - keptMs) > 1000) keep();
  });
  for (const name of ["play", "pause", "ended", "seeked"]) {
    sound.addEventListener(name, () => {
      showState();
      keep();
      stayAwake();
    });
  }
  document.addEventListener("visibilitychange", stayAwake);
  window.addEventListener("pagehide", keep);
  window.addEventListener("resize", fitStep);

  get("preview").remove();
  for (const element of document.querySelectorAll("main, nav")) element.hidden = false;
  put("title", session.title);
  fillBefore();
  fillList();
  addTrack("captions", session.captions).addEventListener("cuechange", caption);
  addTrack("chapters", session.chapters);
  listenToSystem();
  wantedMs = kept.read();
  if (wantedMs) say(words.stopped.replace("{time}", clock(wantedMs)));
  show();
  showState();
})();
