// The conversation with one hub over whatever carries messages: both prove that they know the label's secret, which never
// goes over the air; then every message is sealed and numbered. Knows no radio: a carrier has send and receive.
// Ref: protocol/pairing.py, which says why.
import { ccmKey, joined, seal, unseal } from "./ccm.js";
import { Trouble } from "./trouble.js";

const VERSION = 1;
const HELLO = 1, HUB_PROOF = 2, INSTALLER_PROOF = 3, SEALED = 4, REFUSED = 5;
const BAD_PROOF = 1, BAD_VERSION = 2;
const NONCE = 16, PROOF = 16, TAG = 8, HEAD = 5;
export const MESSAGE_MAX = 1200 + HEAD + TAG;
const PROOF_MS = 10000;
const ANSWER_MS = 45000;
const bytes = (text) => new TextEncoder().encode(text);

async function hkdf(salt, secret, info) {
  const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  return new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, key, 256));
}

async function hmac(key, data) {
  const loaded = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", loaded, data));
}

function isSame(a, b) {
  let difference = a.length ^ b.length;
  for (let i = 0; i < Math.min(a.length, b.length); i++) difference |= a[i] ^ b[i];
  return difference === 0;
}

function nonceOf(number) {
  const nonce = new Uint8Array(13);
  new DataView(nonce.buffer).setUint32(9, number);
  return nonce;
}

function headOf(number) {
  const head = new Uint8Array(HEAD);
  head[0] = SEALED;
  new DataView(head.buffer).setUint32(1, number);
  return head;
}

/** An open channel to the hub of a label. Shape: `secret` 16 bytes. Errors of all: Trouble. */
export class Channel {
  #carrier;
  #secret;
  #name;
  #keys = null; // [to the hub, from the hub]
  #numbers = [0, 0];
  #line = Promise.resolve(); // one order at a time

  constructor(carrier, secret, hubId) {
    this.#carrier = carrier;
    this.#secret = secret;
    this.#name = bytes(hubId);
  }

  async open() {
    const own = crypto.getRandomValues(new Uint8Array(NONCE));
    await this.#carrier.send(joined(new Uint8Array([HELLO, VERSION]), own));
    const said = await this.#carrier.receive(PROOF_MS);
    if (said[0] !== HUB_PROOF || said.length !== 1 + NONCE + PROOF) throw refused(said);
    const nonces = joined(own, said.subarray(1, 1 + NONCE));
    if (!isSame(await this.#proof("hub", nonces), said.subarray(1 + NONCE))) throw new Trouble("other_hub");
    const proof = await this.#proof("installer", nonces);
    const keys = await hkdf(nonces, this.#secret, joined(bytes("keys "), this.#name));
    this.#keys = [await ccmKey(keys.subarray(0, 16)), await ccmKey(keys.subarray(16))];
    await this.#carrier.send(joined(new Uint8Array([INSTALLER_PROOF]), proof));
    await this.#answer(PROOF_MS);
  }

  async #proof(who, nonces) {
    const key = await hkdf(bytes("anling install 1"), this.#secret, joined(bytes("proof "), this.#name));
    return (await hmac(key, joined(bytes(who), nonces))).subarray(0, PROOF);
  }

  async #answer(limit_ms) {
    const message = await this.#carrier.receive(limit_ms);
    if (message[0] === REFUSED) throw refused(message);
    const number = ++this.#numbers[1];
    const head = headOf(number);
    const plain = isSame(message.subarray(0, HEAD), head)
      ? await unseal(this.#keys[1], nonceOf(number), message.subarray(HEAD), head, TAG) : null;
    if (plain === null) throw new Trouble("broken");
    try {
      return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(plain));
    } catch {
      throw new Trouble("broken");
    }
  }

  /** Have the hub do a step; its answer. Errors: Trouble with the hub's word for what went wrong. */
  order(what, more = {}, limit_ms = ANSWER_MS) {
    const turn = this.#line.then(() => this.#ask(what, more, limit_ms));
    this.#line = turn.catch(() => {});
    return turn;
  }

  async #ask(what, more, limit_ms) {
    const number = ++this.#numbers[0];
    const head = headOf(number);
    const text = bytes(JSON.stringify({ ...more, do: what }));
    if (text.length > MESSAGE_MAX - HEAD - TAG) throw new Trouble("bad_order");
    await this.#carrier.send(joined(head, await seal(this.#keys[0], nonceOf(number), text, head, TAG)));
    const answer = await this.#answer(limit_ms);
    if (!answer.ok) throw new Trouble(String(answer.fault ?? "broken"));
    return answer;
  }
}

function refused(message) {
  if (message[0] !== REFUSED) return new Trouble("broken");
  return new Trouble({ [BAD_PROOF]: "other_hub", [BAD_VERSION]: "old_firmware" }[message[1]] ?? "broken");
}
