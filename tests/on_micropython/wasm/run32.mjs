// Runs one test file under the 32-bit MicroPython: `node run32.mjs ROOT TEST_FILE`. The port sees no disk, so the
// folders it may need are copied into its memory; run.py does the rest, as under the 64-bit one.
import { createCipheriv } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadMicroPython } from "@micropython/micropython-webassembly-pyscript";

const HEAP_BYTES = 8 * 1024 * 1024; // to begin with: as many words as the 64-bit run has
const [root, test] = process.argv.slice(2);
const python = await loadMicroPython({
  heapsize: HEAP_BYTES,
  stdout: (line) => process.stdout.write(line + "\n"),
  stderr: (line) => process.stderr.write(line + "\n"),
  linebuffer: true,
});

function copy(folder, place) {
  python.FS.mkdirTree(place);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const [from, to] = [join(folder, entry.name), place + "/" + entry.name];
    if (entry.isDirectory() && entry.name !== "__pycache__" && entry.name !== "wasm") copy(from, to);
    else if (entry.name.endsWith(".py")) python.FS.writeFile(to, readFileSync(from));
  }
}

// AES for cryptolib.py, which lies beside this file: keys and blocks are read where they lie in the port's memory.
const ciphers = [];
const numbers = new Map();
const at = (address, size) => python._module.HEAPU8.subarray(address, address + size);
python.registerJsModule("anling_node", {
  key(address) {
    const key = Buffer.from(at(address, 16));
    const name = key.toString("hex");
    if (!numbers.has(name)) {
      numbers.set(name, ciphers.length);
      ciphers.push(createCipheriv("aes-128-ecb", key, null).setAutoPadding(false));
    }
    return numbers.get(name);
  },
  encrypt(number, from, to) {
    at(to, 16).set(ciphers[number].update(at(from, 16)));
  },
});

for (const part of ["protocol", "hub", "device"]) copy(join(root, "firmware", part), "/firmware/" + part);
copy(join(root, "tests", "on_micropython"), "/helpers");
copy(join(root, "tests", "on_micropython", "wasm"), "/helpers");
python.FS.mkdirTree("/tests");
const name = "/tests/" + test.split("/").pop();
python.FS.writeFile(name, readFileSync(test));
python.runPython(`
import sys
assert sys.maxsize == 2**31 - 1, "this MicroPython has no 32-bit words"
sys.path[:] = [".frozen", "/helpers", "/firmware"]
sys.argv[:] = ["run.py", "${name}"]
exec(open("/helpers/run.py").read())
`);
