// The worker that keeps the pages on the phone, and how a new version of them comes in.
import { tell, untouched } from "./app.js";
import * as form from "./fields.js";
import * as outbox from "./outbox.js";
import { later } from "./rest.js";
import { about } from "./ui.js";
import * as vault from "./vault.js";

const workers = navigator.serviceWorker;
const QUIET = 60000; // milliseconds without a touch after which nobody misses the open screen
const TYPED = 5000; // the same where a PIN is asked for
const HOUR = 3600000;
let outdated = false; // a newer version has taken over, and this window still shows the old one
export let refused = false;
let told = false;
let looked = 0;

// Refused, as in some apps' own browsers: the pages work while there is a network, and say so.
async function register() {
  if (!workers) return;
  let had = Boolean(workers.controller); // the first worker of all changes nothing that is on the screen
  workers.addEventListener("message", (event) => {
    if (event.data === "send") outbox.run({ fresh: true });
    if (event.data === "reload" && !form.isOpen()) location.reload();
  });
  workers.addEventListener("controllerchange", () => {
    outdated = had;
    had = true;
    renew();
  });
  setInterval(renew, 5000); // asked again and again: what an event told earlier may be gone
  document.addEventListener("visibilitychange", renew);
  try {
    looked = Date.now();
    await workers.register(about.phone + "sw.js", { scope: about.phone });
    await renew();
  } catch {
    refused = true;
    later().then(tell);
  }
}

// Once for each opening of the pages: a worker that is kept busy is not replaced.
export function keepLater() {
  if (told || !workers) return;
  told = true;
  workers.ready.then((registered) => registered.active.postMessage("later"));
}

// The language of the account, if the browser prefers another one.
export function speak(language) {
  if (language && language !== about.language && !form.isOpen() && workers && workers.controller) workers.controller.postMessage({ language });
}

// Whether nobody would miss what is on the screen: hidden, or left alone.
const quiet = () => document.hidden || untouched() > (vault.isOpen() ? QUIET : TYPED);

// Two windows share the worker: a lock says of each whether it writes or sends. Without locks each speaks for itself.
async function free(name, go) {
  if (!navigator.locks) return go();
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => lock && go());
}

// A new version comes in while nobody writes and nothing is being sent, in any window; a window that still shows the old one loads it when it is left alone.
async function renew() {
  const registered = await workers.getRegistration();
  if (!registered) return;
  if (Date.now() - looked > HOUR && navigator.onLine) {
    looked = Date.now(); // pages on a home screen stay open for days
    registered.update().catch(() => {});
  }
  if (form.isOpen() || outbox.traffic.live.size || !quiet()) return;
  if (outdated) location.reload();
  else if (registered.waiting) await free("kc-form", () => free("kc-outbox", () => registered.waiting && registered.waiting.postMessage("skip")));
}

register();
