// The home's page: shows the state that the server streams, posts what a person does, and plays what the board plays.
const WORDS = {
  zh: { title: "一个家", bedroom: "卧室", bathroom: "卫生间", kitchen: "厨房", living: "客厅", hall: "门厅", lamp: "灯", siren: "警报声",
    resident: "老人", press: "按床头求助按钮", press_bathroom: "拉卫生间拉绳", press_wired: "按主机上的按钮", cancel: "按“我没事”键", double: "双击", hold: "长按",
    motion: "走动", faults: "出故障", restart: "重启主机", voice: "主机说", door_open: "开门", door_close: "关门", mains_off: "停电",
    mains_on: "来电", net_off: "断网", net_on: "恢复网络", kill: "拔掉主机电源", start: "接上主机电源", on: "响", off: "静", sound_on: "声音:开",
    sound_off: "打开声音", ready: "主机正常工作", ended: "主机没有电", starting: "主机正在启动", lost: "与模拟程序的连接断开了,正在重连…", failed: "没有做成:" },
  en: { title: "A home", bedroom: "Bedroom", bathroom: "Bathroom", kitchen: "Kitchen", living: "Living room", hall: "Hall", lamp: "Lamp",
    siren: "Siren", resident: "The resident", press: "Press the button by the bed", press_bathroom: "Pull the bathroom cord",
    press_wired: "Press the hub's own button", cancel: "Press “I am well”", double: "Double press", hold: "Hold", motion: "Walk about", faults: "Faults",
    restart: "Restart the hub", voice: "The hub says", door_open: "Open the door", door_close: "Close the door", mains_off: "Cut the mains",
    mains_on: "Restore the mains", net_off: "Cut the internet", net_on: "Restore the internet", kill: "Unplug the hub", start: "Plug the hub in",
    on: "sounding", off: "silent", sound_on: "Sound: on", sound_off: "Turn sound on", ready: "The hub is working",
    ended: "The hub has no power", starting: "The hub is starting", lost: "Lost the simulator; trying again…", failed: "That failed: " },
};
const $ = (id) => document.getElementById(id);
let language = localStorage.getItem("anling-home-language") || "zh";
let state = null;
let audio = null;
let tone = null;
let voice = null; // the stream of what the loudspeaker plays; open while the sound is on
let voiceEnds = 0;
const playing = new Set();

const say = (word) => WORDS[language][word] ?? word;

function translate() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = say(element.dataset.word);
  $("language").textContent = language === "zh" ? "English" : "中文";
  $("sound").textContent = audio ? say("sound_on") : say("sound_off");
  $("sound").setAttribute("aria-pressed", String(Boolean(audio)));
  if (state) show();
}

function show() {
  $("hub-id").textContent = state.hub_id;
  $("hub-state").textContent = say(state.hub);
  $("lamp").dataset.colour = state.lamp;
  $("lamp").textContent = state.lamp;
  $("ring").style.fill = state.lamp;
  $("glow").style.fill = state.lamp;
  $("siren").dataset.on = String(state.siren.on);
  $("siren").textContent = state.siren.on ? `${say("on")} ${state.siren.freq} Hz` : say("off");
  $("hub").classList.toggle("sounding", state.siren.on);
  $("door").classList.toggle("open", state.door);
  $("door-deed").textContent = say(state.door ? "door_close" : "door_open");
  $("mains-deed").textContent = say(state.mains ? "mains_off" : "mains_on");
  $("internet-deed").textContent = say(state.internet ? "net_off" : "net_on");
  $("kill-deed").textContent = say(state.hub === "ready" ? "kill" : "start");
  $("voice-lines").replaceChildren(...[...state.voice].reverse().map((line) => {
    const item = document.createElement("li");
    item.dataset.prompt = line.prompt;
    const at = document.createElement("time");
    at.textContent = new Date(line.at_ms).toLocaleTimeString(language === "zh" ? "zh-CN" : "en-GB");
    item.append(at, line.text);
    return item;
  }));
  sound();
}

function sound() {
  if (!audio) return;
  if (tone) { tone.stop(); tone = null; }
  if (!state.siren.on) return;
  const volume = audio.createGain();
  volume.gain.value = 0.08;
  tone = audio.createOscillator();
  tone.type = state.siren.freq > 2000 ? "square" : "sine";
  tone.frequency.value = state.siren.freq;
  tone.connect(volume).connect(audio.destination);
  tone.start();
}

// The loudspeaker's own samples, one short buffer behind the other.
function speak(event) {
  if (!audio) return;
  if (!event.data) { for (const source of playing) source.stop(); playing.clear(); voiceEnds = 0; return; }
  const [rate, text] = event.data.split(" ");
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const samples = new Int16Array(bytes.buffer);
  const buffer = audio.createBuffer(1, samples.length, Number(rate));
  const channel = buffer.getChannelData(0);
  samples.forEach((sample, i) => { channel[i] = sample / 32768; });
  const source = audio.createBufferSource();
  source.buffer = buffer;
  source.connect(audio.destination);
  source.onended = () => playing.delete(source);
  voiceEnds = Math.max(voiceEnds, audio.currentTime + 0.1);
  source.start(voiceEnds);
  voiceEnds += buffer.duration;
  playing.add(source);
}

async function act(what) {
  $("fault").textContent = "";
  try {
    const answer = await fetch(`/do/${what}`, { method: "POST", headers: { "X-Anling-Home": "1" } });
    if (!answer.ok) $("fault").textContent = say("failed") + (await answer.json()).detail;
  } catch (fault) {
    $("fault").textContent = say("lost");
  }
}

for (const button of document.querySelectorAll("[data-do]")) button.addEventListener("click", () => act(button.dataset.do));
$("language").addEventListener("click", () => {
  language = language === "zh" ? "en" : "zh";
  localStorage.setItem("anling-home-language", language);
  translate();
});
$("sound").addEventListener("click", () => {
  if (audio) {
    audio.close();
    voice.close();
    playing.clear();
    audio = tone = voice = null;
  } else {
    audio = new AudioContext();
    voiceEnds = 0;
    voice = new EventSource("/sounds");
    voice.onmessage = speak;
  }
  translate();
});

const events = new EventSource("/events");
events.onmessage = (event) => { state = JSON.parse(event.data); show(); };
events.onerror = () => { $("hub-state").textContent = say("lost"); };
translate();
