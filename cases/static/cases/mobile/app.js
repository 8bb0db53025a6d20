// Begins: opens the database, unlocks, shows the screen that the address names, and keeps an eye on what waits.
import * as form from "./fields.js";
import * as outbox from "./outbox.js";
import * as pages from "./pages.js";
import { busy, keypad } from "./pin.js";
import { later, more } from "./rest.js";
import * as store from "./store.js";
import { $, $$, about, age, button, h, icon, note, plate, say } from "./ui.js";
import * as vault from "./vault.js";

// Each with its title; a name stands for a screen of the second script.
const SCREENS = {
  tasks: [pages.tasks, "my_tasks"], visit: [pages.visit, "log_visit"], saved: [pages.done, "log_visit"], case: ["child", "situation_of"],
  outbox: ["queue", "to_send"], report: ["report", "report"], records: ["records", "records"], settings: ["settings", "settings"], diag: ["diag", "self_check"], export: ["handover", "export"],
};
const TABS = ["tasks", "outbox", "records", "settings"];
const PATIENCE = 8000; // milliseconds for the phone's database
const main = $("#main");
let redraw = null; // draws the open screen again when the queue has moved
let drawing = 0;
let telling = 0;
let touched = 0;

function head(title, back, tabs) {
  $("#title").textContent = title;
  document.title = `${title} · ${say("brand")}`;
  $("#back").hidden = !back;
  if (back) $("#back").href = back;
  $("#tabs").hidden = !tabs;
}

// #visit=17&task=3 → ["visit", {id: "17", task: "3"}]
export function address() {
  const [first, ...rest] = location.hash.slice(1).split("&");
  const [name, id] = first.split("=");
  return [SCREENS[name] ? name : "tasks", { id, ...Object.fromEntries(rest.map((pair) => pair.split("="))) }];
}

export async function show() {
  if (!vault.isOpen()) return;
  const turn = ++drawing;
  redraw = null;
  await form.leave();
  const [name, asked] = address();
  const [screen, title] = SCREENS[name];
  const back = { visit: asked.id && !asked.from ? `#case=${asked.id}` : "#outbox", diag: "#settings", export: "#outbox" }[name] || "#tasks";
  const place = h("div");
  let again = null;
  try {
    again = await (typeof screen === "string" ? (await later())[screen] : screen)(place, asked, { lock, show, blank: () => drawing++ });
  } catch (error) {
    console.error(error.name); // never what it was about
    place.append(note("red", "alert-triangle", say(error.message === "later" ? "first_online" : "broken")));
  }
  if (turn !== drawing || !vault.isOpen()) return;
  head(say(title), TABS.includes(name) ? "" : back, TABS.includes(name));
  $$("#tabs a").forEach((tab) => (tab.hash === "#" + name ? tab.setAttribute("aria-current", "page") : tab.removeAttribute("aria-current")));
  main.textContent = "";
  main.append(place);
  main.dataset.screen = name;
  redraw = again;
  scrollTo(0, 0);
  $("#title").focus({ preventScroll: true });
  await tell();
}

// The lines above every screen: what waits, what is missing, what is new.
export async function tell() {
  if (main.dataset.screen === "stale") return;
  const turn = ++telling;
  $("#net").hidden = navigator.onLine;
  const me = await store.setting("me");
  const { mine, others } = await outbox.waiting(me ? me.user : "");
  const unsent = mine.filter((row) => row.state !== "replaced");
  $("#badge").textContent = unsent.length || "";
  $("#badge").hidden = !unsent.length;
  const lines = [
    unsent.length && address()[0] !== "outbox" && h("a.kc-line.kc-line--amber", { href: "#outbox" }, icon("upload"), h("span", null, say("unsent", unsent.length, age(unsent[0].at)))),
    outbox.traffic.why === "other" && h("p.kc-line.kc-line--red", null, icon("user"), say("state_other")),
    !vault.isOpen() && others && h("p.kc-line", null, icon("user"), say("others_wait", others)),
    ...(more ? await more.warnings() : []),
  ];
  if (turn !== telling) return;
  $("#notes").textContent = "";
  $("#notes").append(...lines.filter(Boolean));
}

// ---- the PIN

async function enter(me) {
  for (;;) {
    head(say("brand"), "", false);
    await tell();
    if (!(await vault.exists(me.user))) return (await later()).firstPin(me.user);
    let text = say("pin_text", me.name);
    while (!(await vault.shut(me.user))) {
      const pin = await keypad(say("pin"), text, say("forgotten"));
      if (pin === null) break;
      busy(say("one_moment"));
      const left = await vault.unlock(me.user, pin);
      if (left === "open") return;
      text = say("pin_wrong", left);
    }
    if (await (await later()).recover(me)) return;
  }
}

export async function lock() {
  drawing++;
  redraw = null;
  await form.leave();
  main.textContent = "";
  vault.lock();
  await begin();
}

// ---- who it is

const login = () => h("a.kc-btn.kc-btn--primary", { href: `${about.login}?next=${about.phone}` }, icon("lock"), say("log_in"));
function loggedOut(kind) {
  head(say("brand"), "", false);
  const unknown = kind === "login";
  plate("login", "user", say("welcome"), say(unknown ? "welcome_text" : "first_online"), unknown ? login() : button(say("try_again"), begin, ".kc-btn--primary", "refresh"));
}

export async function remember({ user, name, unit, roles, language }) {
  const me = { user, name, unit, roles, language };
  await store.set("me", me);
  return me;
}

async function begin() {
  let me = await store.setting("me");
  const asked = later().then((more) => more.askServer(), () => ({ kind: "offline" }));
  // a list of who is in does not wait for the network; if somebody else logged in meanwhile, it is theirs
  const { who, kind } = await (me ? Promise.race([asked, new Promise((done) => setTimeout(done, 1500, {}))]) : asked);
  if (!me && !who) return loggedOut(kind);
  if (who && (!me || who.user !== me.user)) me = await remember(who);
  try {
    await enter(me);
  } catch (error) {
    if (error.message !== "later") throw error;
    return loggedOut("offline"); // a first PIN, or another one, needs a network
  }
  addEventListener("hashchange", show);
  await show();
  await connect();
}

// Everything that wants a network; nothing of it hinders what does not.
let retry = 0;
const connect = (anew) => vault.isOpen() && later().then((more) => more.connect(anew), () => {
  clearTimeout(retry);
  retry = setTimeout(connect, 3000); // the line is bad, or has only just come back
  return tell();
});

// ---- events

// For how long, in milliseconds, nobody has touched the page.
export const untouched = () => Date.now() - touched;

function stop(text, ...inside) {
  drawing++;
  redraw = null;
  vault.lock(); // nothing is sent or drawn any more
  plate("stale", "alert-triangle", text, "", button(say("load_again"), () => location.reload(), ".kc-btn--primary", "refresh"), inside);
}
// The browser keeps nothing, or nothing any more: the other pages need none of it.
const elsewhere = (text) => stop(text, h("a.kc-btn", { href: about.tasks }, say("big_site")));

const idle = () => vault.isOpen() && untouched() > vault.IDLE && lock();

const EVENTS = {
  "kc-outbox": () => {
    tell();
    if (redraw) redraw();
  },
  "kc-received": () => connect(),
  "kc-refresh": async () => {
    await connect(true);
    if (address()[0] === "tasks") await show();
  },
  "kc-stale": () => stop(say("stale")),
  "kc-blocked": () => stop(say("blocked")),
  "kc-closed": () => elsewhere(say("store_gone")),
  online: () => connect(),
  offline: () => tell(),
  pagehide: () => form.keep(),
};
for (const [name, work] of Object.entries(EVENTS)) addEventListener(name, work);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  idle();
  if (vault.isOpen()) outbox.run({ fresh: true });
});
for (const name of ["pointerdown", "keydown", "input"]) addEventListener(name, () => (touched = Date.now()), { passive: true });
setInterval(idle, 10000);

async function start() {
  const slow = setTimeout(() => main.dataset.screen || elsewhere(say("no_store")), PATIENCE); // some browsers never answer
  try {
    if (!window.crypto || !crypto.subtle) throw new Error("no crypto");
    store.beforeClosing(form.keep);
    await store.open();
  } catch (error) {
    head(say("brand"), "", false);
    return error.name === "VersionError" ? stop(say("stale")) : elsewhere(say("no_store"));
  } finally {
    clearTimeout(slow);
  }
  await begin();
}

start();
