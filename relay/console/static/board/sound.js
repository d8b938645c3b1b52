// What is heard at the console. Loops are made as buffers and played by the audio thread: timers of a page in
// the background are slowed down by browsers, an alarm may not be. The model says what must sound.
// Rule 1: what the bar says of the sound is measured where it leaves the page, not believed: a context that runs and
// gives nothing out is said to be silent.

let context = null;
let meter = null;
let playing = null; // {name, source, since, heardAt}
let tell = () => {};
const buffers = new Map();
const samples = new Float32Array(4096);
const AUDIBLE = 0.01;
const LOOK_MS = 20;

// name → loop length in s, and its tones: [from s, length s, Hz, Hz at its end, loudness]
const SOUNDS = {
  life: [1.6, [[0, 0.22, 880, 880, 1], [0.26, 0.22, 660, 660, 1], [0.52, 0.22, 880, 880, 1], [0.78, 0.22, 660, 660, 1]]],
  fall: [1.9, [[0, 0.4, 990, 440, 1], [0.5, 0.4, 990, 440, 1], [1, 0.4, 990, 440, 1]]],
  gas: [1.7, [[0, 0.1, 1180, 1180, 1], [0.2, 0.1, 1180, 1180, 1], [0.4, 0.1, 1180, 1180, 1], [0.6, 0.1, 1180, 1180, 1]]],
  quiet: [2.6, [[0, 0.5, 587, 587, 0.9], [0.6, 0.7, 494, 494, 0.9]]],
  fire: [1.2, [[0, 0.5, 700, 1500, 1], [0.55, 0.5, 700, 1500, 1]]],
  other: [2.4, [[0, 0.3, 520, 520, 0.8], [0.4, 0.3, 520, 520, 0.8], [0.8, 0.5, 392, 392, 0.8]]],
  test: [4, [[0, 0.25, 784, 784, 0.5], [0.3, 0.5, 1047, 1047, 0.5]]],
  lost: [6, [[0, 0.16, 440, 440, 0.5], [0.24, 0.16, 330, 330, 0.5]]],
  armed: [1.1, [[0, 0.18, 523, 523, 0.7], [0.2, 0.18, 659, 659, 0.7], [0.4, 0.45, 784, 784, 0.7]]],
};
const OF_KIND = { help: "life", unverified: "life", fall: "fall", inactivity: "quiet", smoke: "fire", gas: "gas", co: "gas", test: "test" };

export const soundOf = (kind) => OF_KIND[kind] ?? "other";

function buffer(name) {
  if (!buffers.has(name)) {
    const [length, tones] = SOUNDS[name];
    const made = context.createBuffer(1, Math.ceil(length * context.sampleRate), context.sampleRate);
    const data = made.getChannelData(0);
    for (const [from, lasts, hz, hzTo, loudness] of tones) {
      const count = Math.floor(lasts * context.sampleRate);
      const start = Math.floor(from * context.sampleRate);
      let phase = 0;
      for (let i = 0; i < count; i++) {
        const edge = Math.min(1, i / 300, (count - i) / 900); // no clicks
        phase += (2 * Math.PI * (hz + ((hzTo - hz) * i) / count)) / context.sampleRate;
        data[start + i] += 0.5 * loudness * edge * (Math.sin(phase) + 0.3 * Math.sin(3 * phase));
      }
    }
    buffers.set(name, made);
  }
  return buffers.get(name);
}

export const isArmed = () => context !== null && context.state === "running";

export const playingNow = () => (isArmed() && playing ? playing.name : null);

/** How loud the page's output is at this moment. Shape: 0 to 1. */
export function level() {
  if (!isArmed()) return 0;
  meter.getFloatTimeDomainData(samples);
  let peak = 0;
  for (const value of samples) peak = Math.max(peak, Math.abs(value));
  return Math.min(1, peak);
}

/** When what must sound now was first measured at the output, UTC ms of this computer; null while it was not. */
export const heardAt = () => playing?.heardAt ?? null;

/** Must something sound that was not measured for a whole loop? */
export const isSilent = () => playing !== null && playing.heardAt === null && performance.now() - playing.since > 500 + 1000 * SOUNDS[playing.name][0];

/** Look until what plays was measured. */
function listen(one) {
  if (playing !== one || one.heardAt !== null) return;
  if (level() >= AUDIBLE) {
    one.heardAt = Date.now();
    tell();
  } else {
    if (isSilent()) tell();
    setTimeout(() => listen(one), isSilent() ? 500 : LOOK_MS);
  }
}

/** `told` is called whenever armed, or what is measured, changes. */
export function onArmed(told) {
  tell = told;
}

/** Arm the sound by a person's press, and let them hear it. True when it can be heard. */
export async function arm() {
  if (context === null) {
    const Context = window.AudioContext;
    if (!Context) return false;
    context = new Context();
    meter = context.createAnalyser();
    meter.fftSize = samples.length;
    meter.connect(context.destination);
    context.addEventListener("statechange", () => tell());
  }
  await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 1500))]);
  if (isArmed()) source("armed", false);
  tell();
  return isArmed();
}

/** Take the sound off this console: it is shown and counted as not armed. */
export async function disarm() {
  await context?.suspend();
  tell();
}

function source(name, isLoop) {
  const made = context.createBufferSource();
  made.buffer = buffer(name);
  made.loop = isLoop;
  made.connect(meter);
  made.start();
  return made;
}

/** Let this sound go on until told otherwise; null for silence. */
export function loop(name) {
  if (context === null || (playing?.name ?? null) === name) return;
  playing?.source.stop();
  playing = null;
  if (name === null) return;
  playing = { name, source: source(name, true), since: performance.now(), heardAt: null };
  listen(playing);
}
