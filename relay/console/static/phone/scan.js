// The code beside a door: seen by the camera, or typed. Whoever gives it is there. BarcodeDetector reads it where the
// browser has one; else jsQR, which is fetched only then.
import { make } from "../base/dom.js";
import { word } from "../base/words.js";

const LOOK_MS = 150;
const WIDTH_PX = 640;
const OF_DOOR = { look: "scan_look", none: "scan_no_camera", type: "scan_type" };

/** The code in what a sign says: the bare code, or an address of ours that ends with it. */
export function codeIn(text) {
  const found = /#door=([^&\s]+)$/.exec(text.trim());
  return found ? decodeURIComponent(found[1]) : text.trim();
}

async function reader() {
  if ("BarcodeDetector" in window && (await window.BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new window.BarcodeDetector({ formats: ["qr_code"] });
    return async (canvas) => (await detector.detect(canvas))[0]?.rawValue ?? null;
  }
  if (!window.jsQR) {
    await new Promise((done, failed) => document.head.append(make("script", { src: "/static/vendor/jsqr/jsQR.js", onload: done, onerror: failed })));
  }
  return async (canvas) => {
    const { data, width, height } = canvas.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, canvas.width, canvas.height);
    return window.jsQR(data, width, height)?.data ?? null;
  };
}

/** A part of the page that looks for a code and gives it to `found` once; `close()` ends it and frees the camera.
 * Shape: `words` keys of what is said: what to hold where, that there is no camera, what to type. */
export function scanner(found, words = OF_DOOR) {
  const video = make("video", { class: "scan-video", playsinline: true, muted: true, testid: "scan-video", "aria-label": word(words.look) });
  const said = make("p", { role: "status", testid: "scan-said" }, word("scan_starting"));
  const typed = make("input", { id: "scan-typed", name: "code", autocomplete: "off", autocapitalize: "none", spellcheck: "false", testid: "scan-typed" });
  const form = make("form", { class: "scan-form" }, make("label", { for: "scan-typed" }, word(words.type)), typed,
    make("button", { class: "primary", testid: "scan-send" }, word("scan_send")));
  const element = make("div", { class: "scan" }, video, said, form);
  let isOpen = true;
  let stream = null;

  function close() {
    isOpen = false;
    for (const track of stream?.getTracks() ?? []) track.stop();
  }

  function give(text) {
    if (!isOpen || !text) return;
    close();
    found(codeIn(text));
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (typed.value.trim()) give(typed.value);
    else typed.focus();
  });

  async function look() {
    const canvas = document.createElement("canvas");
    const [read] = await Promise.all([reader(), open()]);
    said.textContent = word(words.look);
    while (isOpen) {
      if (video.videoWidth) {
        canvas.width = Math.min(WIDTH_PX, video.videoWidth);
        canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
        canvas.getContext("2d", { willReadFrequently: true }).drawImage(video, 0, 0, canvas.width, canvas.height);
        give(await read(canvas));
      }
      await new Promise((done) => setTimeout(done, LOOK_MS));
    }
  }

  async function open() {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
    if (!isOpen) return close();
    video.srcObject = stream;
    await video.play();
  }

  look().catch(() => {
    // No camera, no permission, no line for the reader: the code can still be typed.
    for (const track of stream?.getTracks() ?? []) track.stop();
    video.hidden = true;
    said.textContent = word(words.none);
  });
  /** A film that was taken out of the page stands still until it is told to go on. */
  function goOn() {
    setTimeout(() => isOpen && stream && video.play().catch(() => {}));
  }

  return { element, close, goOn };
}
