// The way to a hub by Web Bluetooth: finds it, carries messages of the channel, sets the Wi-Fi by Improv. Decides nothing.
// Ref: protocol/improv.py, protocol/pairing.py; Web Bluetooth, https of this relay or this machine only.
import { MESSAGE_MAX } from "./channel.js";
import { Trouble } from "./trouble.js";

const IMPROV = "00467768-6228-2272-4663-277478268000";
const IMPROV_ERROR = "00467768-6228-2272-4663-277478268002";
const IMPROV_COMMAND = "00467768-6228-2272-4663-277478268003";
const IMPROV_RESULT = "00467768-6228-2272-4663-277478268004";
const CHANNEL = "616e6c69-6e67-4001-9c3e-7d1f5a2b0c00";
const INBOX = "616e6c69-6e67-4001-9c3e-7d1f5a2b0c01";
const OUTBOX = "616e6c69-6e67-4001-9c3e-7d1f5a2b0c02";
const PIECE = 20; // bytes that fit the air of every phone: a browser does not tell how many more would
const NAME_MAX = 29; // of a name in the air
const SEND_WIFI = 1;
const IMPROV_MS = 45000;
const CONNECT_MS = 15000;

/** Can this browser speak with a hub at all? */
export const canReach = () => window.isSecureContext && Boolean(navigator.bluetooth);

/** Waits, at most so long. Errors: Trouble(dropped). */
function within(limit_ms, work) {
  let timer;
  const late = new Promise((_, failed) => { timer = setTimeout(() => failed(new Trouble("dropped")), limit_ms); });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** What has come and nobody has taken yet, in its order. */
class Come {
  #held = [];
  #waiting = null;

  put(one) {
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting) waiting(one);
    else this.#held.push(one);
  }

  clear() { this.#held = []; }

  /** The next one, within so long. Errors: Trouble(dropped), also for null: the connection is gone. */
  async next(limit_ms) {
    const one = this.#held.length ? this.#held.shift()
      : await within(limit_ms, new Promise((come) => { this.#waiting = come; })).finally(() => { this.#waiting = null; });
    if (one === null) throw new Trouble("dropped");
    return one;
  }
}

const known = new Map(); // hub: what was chosen for it on this page, so that a broken connection needs no second choice

/** Connects to the hub of this name, which the person chooses the first time. Must follow a press. Errors: Trouble. */
export async function reach(hubId) {
  const device = known.get(hubId) ?? await choose(hubId);
  known.delete(hubId); // one that does not answer any more is chosen anew
  const radio = new Radio(device);
  await radio.connect();
  known.set(hubId, device);
  return radio;
}

async function choose(hubId) {
  try {
    return await navigator.bluetooth.requestDevice({
      filters: [{ services: [IMPROV], name: `Anling ${hubId}`.slice(0, NAME_MAX) }], optionalServices: [CHANNEL],
    });
  } catch (error) {
    throw new Trouble(error.name === "NotFoundError" ? "no_hub" : "no_bluetooth");
  }
}

class Radio {
  #device;
  #messages = new Come();
  #improv = new Come();
  #held = new Uint8Array(0);
  #inbox;
  #command;

  constructor(device) { this.#device = device; }

  async connect() {
    this.#device.addEventListener("gattserverdisconnected", () => this.#gone(), { once: true });
    try {
      await within(CONNECT_MS, this.#subscribe());
    } catch (error) {
      this.leave();
      throw error instanceof Trouble ? error : new Trouble("dropped");
    }
  }

  async #subscribe() {
    const server = await this.#device.gatt.connect();
    const [improv, channel] = [await server.getPrimaryService(IMPROV), await server.getPrimaryService(CHANNEL)];
    this.#inbox = await channel.getCharacteristic(INBOX);
    this.#command = await improv.getCharacteristic(IMPROV_COMMAND);
    const listen = async (service, uuid, take) => {
      const one = await service.getCharacteristic(uuid);
      one.addEventListener("characteristicvaluechanged", ({ target: { value } }) => take(new Uint8Array(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength))));
      await one.startNotifications();
    };
    await listen(channel, OUTBOX, (piece) => this.#take(piece));
    for (const uuid of [IMPROV_ERROR, IMPROV_RESULT]) await listen(improv, uuid, (data) => this.#improv.put([uuid, data]));
  }

  #gone() {
    this.#messages.put(null);
    this.#improv.put(null);
  }

  leave() { this.#device.gatt.disconnect(); }

  get isConnected() { return this.#device.gatt.connected; }

  /** A piece of a message; its length stands before it. */
  #take(piece) {
    const held = new Uint8Array([...this.#held, ...piece]);
    const length = held.length < 2 ? null : (held[0] << 8) | held[1];
    const isNone = length !== null && (length < 1 || length > MESSAGE_MAX || held.length > length + 2);
    const isWhole = length !== null && held.length === length + 2;
    this.#held = isNone || isWhole ? new Uint8Array(0) : held;
    if (isNone) this.#messages.put(new Uint8Array(0)); // whoever waits finds it broken
    else if (isWhole) this.#messages.put(held.subarray(2));
  }

  async #write(characteristic, data) {
    for (let at = 0; at < data.length; at += PIECE) {
      try {
        await within(CONNECT_MS, characteristic.writeValueWithResponse(data.subarray(at, at + PIECE)));
      } catch {
        throw new Trouble("dropped");
      }
    }
  }

  send(message) {
    return this.#write(this.#inbox, new Uint8Array([message.length >> 8, message.length & 255, ...message]));
  }

  receive(limit_ms) { return this.#messages.next(limit_ms); }

  /** Set the Wi-Fi as any Improv client does. True when the hub has joined it. */
  async wifi(ssid, password) {
    this.#improv.clear();
    const texts = [ssid, password].map((text) => new TextEncoder().encode(text)).flatMap((text) => [text.length, ...text]);
    const frame = [SEND_WIFI, texts.length, ...texts];
    await this.#write(this.#command, new Uint8Array([...frame, frame.reduce((sum, byte) => sum + byte, 0) & 255]));
    for (;;) {
      const [uuid, data] = await this.#improv.next(IMPROV_MS);
      if (uuid === IMPROV_RESULT) return true;
      if (data[0] !== 0) return false;
    }
  }
}
