// Begins: opens the database, asks who it is, unlocks, shows the screen that the address names, and keeps an eye on what waits.
import { call, device, json, session } from "./api.js";
import { lacking, room } from "./browser.js";
import * as form from "./fields.js";
import { refresh } from "./lists.js";
import * as outbox from "./outbox.js";
import * as pages from "./pages.js";
import { busy, keypad } from "./pin.js";
import * as store from "./store.js";
import { $, $$, about, age, button, h, icon, learn, note, say, toast } from "./ui.js";
import * as vault from "./vault.js";

const SCREENS = {
  tasks: [pages.tasks, "my_tasks"], case: [pages.child, "situation_of"], visit: [pages.visit, "log_visit"], saved: [pages.done, "log_visit"],
  // seldom needed, or only with a network: a second file
  outbox: ["queue", "to_send"],  report: ["report", "report"], records: ["records", "records"], settings: ["settings", "settings"], diag: ["diag", "self_check"], export: ["handover", "export"],
};
const TABS = ["tasks", "outbox", "records", "settings"];
const main = $("#main");
let redraw = null; // draws the open screen again when the queue has moved
let drawing = 0;
let known = null; // what the server last said about who is logged in
let seen = Date.now();
let connecting = null;

function head(title, back, tabs) {
  $("#title").textContent = title;
  document.title = `${title} · ${say("brand")}`;
  $("#back").hidden = !back;
  if (back) $("#back").href = back;
  $("#tabs").hidden = !tabs;
}

// #visit=17&task=3 → ["visit", {id: "17", task: "3"}]
function address() {
  const [first, ...rest] = location.hash.slice(1).split("&");
  const [name, id] = first.split("=");
  return [SCREENS[name] ? name : "tasks", { id, ...Object.fromEntries(rest.map((pair) => pair.split("="))) }];
}

async function show() {
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

// The screens that are seldom needed, with their words and forms: kept by the worker, too, after everything else.
let rest = null;
function later() {
  rest = rest || (async () => {
    const [screens, answer] = await Promise.all([import("./later.js"), fetch(about.later)]);
    const brought = new DOMParser().parseFromString(await answer.text(), "text/html");
    learn(JSON.parse($("#words", brought).textContent));
    document.body.append(...$$("svg,template", brought));
    return screens;
  })().catch(() => {
    rest = null;
    throw new Error("later");
  });
  return rest;
}

// The lines above every screen: what waits, what is missing, what is new.
async function tell() {
  $("#net").hidden = navigator.onLine;
  const me = await store.setting("me");
  const { mine, others } = await outbox.waiting(me ? me.user : "");
  const unsent = mine.filter((row) => row.state !== "replaced");
  $("#badge").textContent = unsent.length || "";
  $("#badge").hidden = !unsent.length;
  const [name] = address();
  const space = await room().catch(() => null);
  const tip = lacking() && (await later().then((more) => more.advice(), () => ""));
  const lines = [
    unsent.length && name !== "outbox" && h("a.kc-line.kc-line--amber", { href: "#outbox" }, icon("upload"), h("span", null, say("unsent", unsent.length, age(unsent[0].at)))),
    outbox.line === "other" && h("p.kc-line.kc-line--red", null, icon("user"), say("state_other")),
    !vault.isOpen() && others && h("p.kc-line", null, icon("user"), say("others_wait", others)),
    space && space.little && h("p.kc-line.kc-line--red", null, icon("alert-triangle"), say("little_room")),
    tip && h("p.kc-line", null, icon("info-circle"), tip),
  ];
  $("#notes").textContent = "";
  $("#notes").append(...lines.filter(Boolean));
}

// ---- the PIN

async function enter(me) {
  head(say("brand"), "", false);
  await tell();
  if (!(await vault.exists(me.user))) {
    return (await later()).firstPin(me.user);
  }
  let text = say("pin_text", me.name);
  while (!(await vault.shut(me.user))) {
    const pin = await keypad(say("pin"), text, say("forgotten"));
    if (pin === null) break;
    busy(say("one_moment"));
    const left = await vault.unlock(me.user, pin);
    if (left === "open") return;
    text = say("pin_wrong", left);
  }
  await recover(me);
}

// Five wrong PINs, or forgotten: hidden until a log-in with the password brings the server's half of the key.
async function recover(me) {
  await askServer();
  if (known && known.user === me.user && known.share) {
    return (await later()).nextPin(me.user, known.share);
  }
  const forgot = !(await vault.shut(me.user));
  main.dataset.screen = "shut";
  main.textContent = "";
  await new Promise((done) => {
    main.append(h("section.kc-pin", null, h("div.kc-pin__sign", null, icon("lock")), h("h2", null, say(forgot ? "pin_forgotten" : "pin_shut")), h("p", null, say("pin_shut_text")),
      button(say("log_in_password"), async () => {
        // a session that is still good proves no password
        await call("POST", "logout", json({})).catch(() => {});
        location.assign(`${about.login}?next=${about.phone}`);
      }, ".kc-btn--primary", "lock"),
      forgot && button(say("try_again"), done)));
  });
  return enter(me);
}

export async function lock() {
  drawing++;
  redraw = null;
  await form.leave();
  main.textContent = "";
  vault.lock();
  renew();
  await begin();
}

// ---- who it is

async function askServer() {
  try {
    known = await session();
  } catch (trouble) {
    known = null;
    return trouble.kind;
  }
  return "known";
}

function loggedOut(kind) {
  head(say("brand"), "", false);
  main.textContent = "";
  main.dataset.screen = "login";
  main.append(h("section.kc-pin", null, h("div.kc-pin__sign", null, icon("user")), h("h2", null, say("welcome")), h("p", null, say(kind === "login" ? "welcome_text" : "first_online")),
    kind === "login" ? h("a.kc-btn.kc-btn--primary", { href: `${about.login}?next=${about.phone}` }, icon("lock"), say("log_in")) : button(say("try_again"), begin, ".kc-btn--primary", "refresh")));
}

async function begin() {
  let me = await store.setting("me");
  const said = askServer();
  if (!me) {
    const kind = await said;
    if (!known) return loggedOut(kind);
    me = await remember();
  }
  // a list of who is in does not wait for the network; if somebody else logged in meanwhile, it is theirs
  const other = await Promise.race([said.then(() => known && known.user !== me.user), new Promise((done) => setTimeout(done, 1500, false))]);
  if (other) me = await remember();
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

async function remember() {
  const { user, name, unit, roles, language } = known;
  const me = { user, name, unit, roles, language };
  await store.set("me", me);
  return me;
}

// Everything that wants a network, in the order in which it matters: what waits goes first.
function connect() {
  connecting = connecting || reach().finally(() => (connecting = null));
  return connecting;
}

async function reach() {
  await outbox.purge();
  if (!navigator.onLine) return tell();
  const me = { user: vault.who() };
  if (!known) await askServer();
  if (known && known.user !== me.user) {
    if (form.isOpen()) return;
    await remember();
    return lock();
  }
  await outbox.run({ fresh: true });
  if (!known) return tell();
  try {
    if (await vault.pending(me.user)) await (await later()).deposit(me.user, async (share) => call("PUT", `devices/${await device()}/share`, json({ share })));
    await refresh();
    if (!form.isOpen() && ["tasks", "case"].includes(address()[0])) await show();
  } catch (trouble) {
    if (trouble.kind) toast(say("not_fresh"));
  }
  await language();
  keepLater();
  await tell();
}

// ---- the worker that keeps the shell

async function language() {
  if (!known || !known.language || known.language === about.language || form.isOpen()) return;
  const worker = navigator.serviceWorker && navigator.serviceWorker.controller;
  if (!worker) return;
  worker.postMessage({ language: known.language });
}

async function register() {
  if (!("serviceWorker" in navigator)) return;
  let had = Boolean(navigator.serviceWorker.controller); // the first worker of all changes nothing that is on the screen
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data === "send") outbox.run({ fresh: true });
    if (event.data === "reload" && !form.isOpen()) location.reload();
  });
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (had && !form.isOpen()) location.reload();
    had = true;
  });
  try {
    await navigator.serviceWorker.register(about.phone + "sw.js", { scope: about.phone });
    await renew();
  } catch {
    // refused, as in some apps' own browsers: the pages work while there is a network, and say so
    dispatchEvent(new Event("kc-noworker"));
  }
}

// Once for each opening of the pages: a worker that is kept busy is not replaced.
let told = false;
function keepLater() {
  if (told || !navigator.serviceWorker) return;
  told = true;
  navigator.serviceWorker.ready.then((registered) => registered.active.postMessage("later"));
}

// A new version takes over while nobody writes and nothing is being sent. Asked for when that is so: what an event told earlier may be gone.
async function renew() {
  if (!navigator.serviceWorker || form.isOpen() || outbox.live.size || (vault.isOpen() && !document.hidden)) return;
  const registered = await navigator.serviceWorker.getRegistration();
  if (registered && registered.waiting) registered.waiting.postMessage("skip");
}

// ---- events

addEventListener("kc-outbox", () => {
  if (main.dataset.screen === "stale") return;
  tell();
  if (redraw) redraw();
});
addEventListener("kc-received", () => vault.isOpen() && connect());
addEventListener("kc-refresh", async () => {
  known = null;
  await connect();
  if (address()[0] === "tasks") await show();
});
function stop(text) {
  drawing++;
  redraw = null;
  vault.lock(); // nothing is sent or drawn any more
  main.textContent = "";
  main.dataset.screen = "stale";
  main.append(h("section.kc-pin", null, h("h2", null, text), button(say("load_again"), () => location.reload(), ".kc-btn--primary", "refresh")));
}
addEventListener("kc-stale", () => stop(say("stale")));
addEventListener("kc-blocked", () => stop(say("blocked")));
addEventListener("online", () => vault.isOpen() && connect());
addEventListener("offline", () => main.dataset.screen !== "stale" && tell());
addEventListener("pagehide", () => form.keep());
for (const name of ["pointerdown", "keydown", "input"]) addEventListener(name, () => (seen = Date.now()), { passive: true });
const idle = () => vault.isOpen() && Date.now() - seen > vault.IDLE && lock();
setInterval(() => {
  idle();
  renew(); // again, if the old worker was busy the last time
}, 10000);
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return renew();
  idle();
  if (vault.isOpen()) outbox.run({ fresh: true });
});

async function start() {
  try {
    if (!window.crypto || !crypto.subtle) throw new Error("no crypto");
    store.beforeClosing(form.keep);
    await store.open();
  } catch (error) {
    head(say("brand"), "", false);
    main.textContent = "";
    main.append(note("red", "alert-triangle", say(error.name === "VersionError" ? "stale" : "no_store")), h("p", null, h("a.kc-btn", { href: about.tasks }, say("big_site"))));
    return;
  }
  register();
  await begin();
}

start();
