// The motion service of Anling on an Espruino watch: batches of x, y, z in mg, numbered by samples.
// Layout and UUIDs: firmware/protocol/motion.py. Nothing is stored on the watch; while nobody listens nothing is sent.
var SERVICE = "6e3a0001-a5d4-4c69-9e67-616e6c696e67";
var STREAM = "6e3a0002-a5d4-4c69-9e67-616e6c696e67";
var CONTROL = "6e3a0003-a5d4-4c69-9e67-616e6c696e67";
var HEAD = 4, SAMPLE = 6;
var BATCH = 7; // 46 bytes: fits the largest notification of an nRF52 with Espruino's MTU of 53

// One batch. Shape: samples [{x, y, z} in g]; number of the first of them since the connection.
function encode(rate, number, samples) {
  var bytes = new Uint8Array(HEAD + SAMPLE * samples.length);
  bytes[0] = 1;
  bytes[1] = rate;
  bytes[2] = number & 255;
  bytes[3] = number >> 8 & 255;
  samples.forEach(function (one, k) {
    [one.x, one.y, one.z].forEach(function (g, axis) {
      var mg = Math.round(g * 1000);
      mg = mg > 32767 ? 32767 : mg < -32768 ? -32768 : mg;
      bytes[HEAD + SAMPLE * k + 2 * axis] = mg & 255;
      bytes[HEAD + SAMPLE * k + 2 * axis + 1] = mg >> 8 & 255;
    });
  });
  return bytes;
}

// Gathers samples and sends a batch whenever one is full. `send(bytes)` may fail: those samples are lost, and the
// numbers say so.
function Sender(send) {
  this.send = send;
  this.begin(0);
}

Sender.prototype.begin = function (rate) {
  this.rate = rate;
  this.number = 0;
  this.samples = [];
};

Sender.prototype.take = function (x, y, z) {
  if (!this.rate) return;
  this.samples.push({ x: x, y: y, z: z });
  if (this.samples.length < BATCH) return;
  var batch = encode(this.rate, this.number, this.samples);
  this.number = (this.number + this.samples.length) & 0xffff;
  this.samples = [];
  try { this.send(batch); } catch (fault) { /* nobody is connected: the numbers go on */ }
};

if (typeof NRF !== "undefined") {
  var services = {};
  services[SERVICE] = {};
  services[SERVICE][STREAM] = { notify: true, readable: true, maxLen: HEAD + SAMPLE * BATCH, value: [] };
  services[SERVICE][CONTROL] = {
    writable: true, maxLen: 1, value: [0],
    onWrite: function (event) {
      var rate = new Uint8Array(event.data)[0];
      if (rate !== 0 && rate !== 25 && rate !== 50) return;
      Bangle.setPollInterval(rate ? 1000 / rate : 80);
      sender.begin(rate);
    }
  };
  var sender = new Sender(function (bytes) {
    var update = {};
    update[SERVICE] = {};
    update[SERVICE][STREAM] = { value: bytes, notify: true };
    NRF.updateServices(update);
  });
  NRF.setServices(services, { uart: false });
  NRF.on("disconnect", function () { sender.begin(0); Bangle.setPollInterval(80); });
  Bangle.on("accel", function (a) { sender.take(a.x, a.y, a.z); });
} else if (typeof module !== "undefined") {
  module.exports = { encode: encode, Sender: Sender, SERVICE: SERVICE, STREAM: STREAM, CONTROL: CONTROL, BATCH: BATCH };
}
