// What is heard at the console. Loops are made as buffers and played by the audio thread: timers of a page in
// the background are slowed down by browsers, an alarm may not be. The model says what must sound.

let context = null;
let playing = null; // {name, source}
let tell = () => {};
const buffers = new Map();

// name → loop length in s, and its tones: [from s, length s, Hz, Hz at its end, loudness]
const SOUNDS = {
  life: [1.6, [[0, 0.22, 880, 880, 1], [0.26, 0.22, 660, 660, 1], [0.52, 0.22, 880, 880, 1], [0.78, 0.22, 660, 660, 1]]],
  fire: [1.2, [[0, 0.5, 700, 1500, 1], [0.55, 0.5, 700, 1500, 1]]],
  other: [2.4, [[0, 0.3, 520, 520, 0.8], [0.4, 0.3, 520, 520, 0.8], [0.8, 0.5, 392, 392, 0.8]]],
  test: [4, [[0, 0.25, 784, 784, 0.5], [0.3, 0.5, 1047, 1047, 0.5]]],
  lost: [6, [[0, 0.16, 440, 440, 0.5], [0.24, 0.16, 330, 330, 0.5]]],
  armed: [1.1, [[0, 0.18, 523, 523, 0.7], [0.2, 0.18, 659, 659, 0.7], [0.4, 0.45, 784, 784, 0.7]]],
};
const OF_KIND = { help: "life", fall: "life", unverified: "life", smoke: "fire", gas: "fire", co: "fire", test: "test" };

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

/** `told` is called whenever armed changes. */
export function onArmed(told) {
  tell = told;
}

/** Arm the sound by a person's press, and let them hear it. True when it can be heard. */
export async function arm() {
  if (context === null) {
    const Context = window.AudioContext;
    if (!Context) return false;
    context = new Context();
    context.addEventListener("statechange", () => tell());
  }
  await Promise.race([context.resume(), new Promise((done) => setTimeout(done, 1500))]);
  if (isArmed()) once("armed");
  tell();
  return isArmed();
}

function once(name) {
  const source = context.createBufferSource();
  source.buffer = buffer(name);
  source.connect(context.destination);
  source.start();
}

/** Let this sound go on until told otherwise; null for silence. */
export function loop(name) {
  if (context === null || (playing?.name ?? null) === name) return;
  playing?.source.stop();
  playing = null;
  if (name === null) return;
  const source = context.createBufferSource();
  source.buffer = buffer(name);
  source.loop = true;
  source.connect(context.destination);
  source.start();
  playing = { name, source };
}
