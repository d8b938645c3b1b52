// The label of a hub: its name and 16 secret bytes in 26 letters, as they are printed, scanned or typed.
// Ref: protocol/label.py. What people misread is read as meant: 0 for O, 1 for I, 8 for B.
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const MISREAD = { 0: "O", 1: "I", 8: "B" };
const LETTERS = 26;

/** [hub, letters] of a scanned address or of "hub letters"; null for anything else. */
export function labelOf(text) {
  const rest = (text.includes("#") ? text.slice(text.indexOf("#") + 1) : text).trim();
  const at = rest.search(/[. ]/);
  return at > 0 && rest.length > at + 1 ? [rest.slice(0, at), rest.slice(at + 1)] : null;
}

/** The secret in the letters; null when they cannot be right. The relay says what is wrong with them. */
export function secretOf(letters) {
  const given = [...letters.replace(/[\s-]/g, "").toUpperCase()].map((letter) => ALPHABET.indexOf(MISREAD[letter] ?? letter));
  if (given.length !== LETTERS || given.includes(-1)) return null;
  const found = [];
  let bits = 0;
  let count = 0;
  for (const value of given) {
    bits = (bits << 5) | value;
    count += 5;
    if (count >= 8) {
      count -= 8;
      found.push((bits >> count) & 255);
    }
    bits &= (1 << count) - 1;
  }
  return bits === 0 ? new Uint8Array(found) : null;
}
