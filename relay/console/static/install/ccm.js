// AES-CCM, composed of what WebCrypto has: CBC for the tag, CTR for the text. Decides one thing: is this genuine?
// Ref: RFC 3610 and NIST SP 800-38C, with two bytes for the length and so 13 for the nonce; protocol/ccm.py.
const BLOCK = 16;
const LENGTH_BYTES = 2;

/** Several arrays of bytes as one. */
export function joined(...parts) {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A key for `seal` and `unseal`, of 16 bytes. */
export async function ccmKey(bytes) {
  const load = (name) => crypto.subtle.importKey("raw", bytes, name, false, ["encrypt"]);
  return { cbc: await load("AES-CBC"), ctr: await load("AES-CTR") };
}

const padded = (data) => joined(data, new Uint8Array((BLOCK - (data.length % BLOCK)) % BLOCK));
const twoBytes = (number) => new Uint8Array([number >> 8, number & 255]);

/** The whole CBC-MAC. WebCrypto fills CBC up with one block more, which comes after the one that is wanted. */
async function mac(key, nonce, plain, head, tagLength) {
  const flags = (head.length ? 0x40 : 0) | (((tagLength - 2) / 2) << 3) | (LENGTH_BYTES - 1);
  const first = joined(new Uint8Array([flags]), nonce, twoBytes(plain.length));
  const blocks = joined(first, head.length ? padded(joined(twoBytes(head.length), head)) : head, padded(plain));
  const chained = await crypto.subtle.encrypt({ name: "AES-CBC", iv: new Uint8Array(BLOCK) }, key.cbc, blocks);
  return new Uint8Array(chained, blocks.length - BLOCK, BLOCK);
}

/** The stream of CTR over the tag's block and what follows it. */
async function crypt(key, nonce, data) {
  const counter = joined(new Uint8Array([LENGTH_BYTES - 1]), nonce, twoBytes(0));
  return new Uint8Array(await crypto.subtle.encrypt({ name: "AES-CTR", counter, length: 8 * LENGTH_BYTES }, key.ctr, data));
}

/** The cipher text and after it the tag. `head` is sent in clear, and sealed with the rest. */
export async function seal(key, nonce, plain, head, tagLength) {
  const out = await crypt(key, nonce, joined(await mac(key, nonce, plain, head, tagLength), plain));
  return joined(out.subarray(BLOCK), out.subarray(0, tagLength));
}

/** The text, or null: another key, or somebody changed it. Shape: `sealed` as `seal` gave it. */
export async function unseal(key, nonce, sealed, head, tagLength) {
  const at = sealed.length - tagLength;
  if (at < 0) return null;
  const out = await crypt(key, nonce, joined(new Uint8Array(BLOCK), sealed.subarray(0, at)));
  const plain = out.subarray(BLOCK);
  const expected = await mac(key, nonce, plain, head, tagLength);
  let difference = 0;
  for (let i = 0; i < tagLength; i++) difference |= expected[i] ^ out[i] ^ sealed[at + i];
  return difference === 0 ? plain : null;
}
