// The self-check, the settings, the way out for records that cannot be sent, and logging out.
import { call, device, json, session } from "./api.js";
import * as outbox from "./outbox.js";
import * as store from "./store.js";
import { $, $$, about, ask, button, h, icon, megabytes, moment, note, say, toast } from "./ui.js";
import * as vault from "./vault.js";

const LITTLE = 50 * 1048576; // bytes: room for a day of visits with photos

export async function room() {
  if (!navigator.storage || !navigator.storage.estimate) return null;
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  return { usage, left: quota - usage, little: quota - usage < LITTLE };
}

// Each line: what was looked at, whether it is there, and a word more.
export async function checks() {
  const found = [];
  const add = (key, good, more = "") => found.push({ key, good: Boolean(good), more });
  add("secure", window.isSecureContext);
  add("crypto", window.crypto && crypto.subtle);
  let written = false;
  try {
    await store.set("check", String(Date.now()));
    written = Boolean(await store.setting("check"));
  } catch {
    // said by the line
  }
  add("database", written);
  const worker = "serviceWorker" in navigator && (await navigator.serviceWorker.getRegistration().catch(() => null));
  add("worker", worker && worker.active);
  add("persist", navigator.storage && navigator.storage.persisted && (await navigator.storage.persisted()));
  const space = await room();
  add("room", space && !space.little, space ? say("free", megabytes(space.left)) : "");
  add("locks", navigator.locks);
  add("sync", "SyncManager" in window);
  add("geo", navigator.geolocation);
  const kernel = (/(Chrome|Version|Firefox)\/(\d+)/.exec(navigator.userAgent) || ["", "", "?"]).slice(1).join(" ");
  add("kernel", !/^Chrome/.test(kernel) || Number(kernel.slice(7)) >= 88, kernel);
  return found;
}

// What is missing in this browser, and what to do: the first that applies.
export function advice() {
  const wechat = /MicroMessenger/i.test(navigator.userAgent);
  const apple = /iPhone|iPad|iPod/.test(navigator.userAgent);
  if ("serviceWorker" in navigator && !(wechat && apple)) return "";
  return say(wechat ? (apple ? "wechat_apple" : "wechat") : apple ? "use_safari" : "use_chrome");
}

const toggle = async (key, label, hint) => {
  const box = h("input", { type: "checkbox", onchange: () => store.set(key, box.checked) });
  box.checked = await store.setting(key, false);
  return h("label.kc-check", null, box, h("span", null, label, h("small", null, hint)));
};

export async function settings(main, _, actions) {
  const me = await store.setting("me");
  const section = (title, ...inside) => h("section.kc-group.kc-group--plain", null, h("h2", null, title), inside);
  main.append(
    h("section.kc-who", null, h("h2", null, me.name), h("p", null, me.unit || "")),
    section(say("photos_and_place"), await toggle("burn", say("burn"), say("burn_hint")), await toggle("geo", say("geo"), say("geo_hint"))),
    section(say("lock"), h("p.kc-hint", null, say("lock_hint")), h("div.kc-row", null, button(say("lock_now"), actions.lock, "", "lock"), button(say("change_pin"), actions.changePin, "", "edit"))),
    section(say("this_phone"), h("ul.kc-rows", null, [["#diag", "shield-check", say("self_check")], ["#export", "download", say("export")]].map(([href, sign, label]) => h("li", null, h("a", { href }, icon(sign), h("strong", null, label), icon("chevron-right")))))),
    section(say("account"), h("div.kc-row", null, h("a.kc-btn", { href: about.tasks }, icon("world"), say("big_site")), button(say("log_out"), logOut, ".kc-btn--danger", "logout")), h("p.kc-hint", null, say("version", about.version))),
  );
}

export async function diag(main) {
  const tip = advice();
  if (tip) main.append(note("amber", "info-circle", tip));
  const list = h("ul.kc-checks");
  const tell = h("p.kc-hint", { role: "status" });
  const look = async () => {
    const found = await checks();
    list.textContent = "";
    list.append(...found.map(({ key, good, more }) => h("li", { "data-check": key, "data-good": String(good) }, icon(good ? "check" : "alert-triangle"), h("span", null, h("strong", null, say("check_" + key)), h("small", null, more || say(good ? "good" : "bad_" + key))))));
    return found;
  };
  main.append(list, tell, h("div.kc-bar", null, button(say("check_and_tell"), async () => {
    if (navigator.storage && navigator.storage.persist) await navigator.storage.persist();
    const found = await look();
    try {
      await session();
      await call("POST", "diag", json({ device: await device(), version: about.version, kernel: navigator.userAgent, checks: found }));
      tell.textContent = say("told");
    } catch {
      tell.textContent = say("not_told");
    }
  }, ".kc-btn--primary", "refresh")));
  await look();
}

// A file that the county can open with the words that the teacher chose; the records stay where they are.
export async function exported(passphrase) {
  const mine = vault.opener();
  const rows = (await outbox.waiting(mine.user)).mine.filter((row) => row.state !== "replaced");
  const out = { visits: [], suspicions: [] };
  for (const row of rows) {
    const { body } = await outbox.contents(row);
    if (row.kind === "suspicion") {
      out.suspicions.push({ id: row.id, body });
      continue;
    }
    const photos = [];
    for (const photo of body.photos) {
      const kept = await store.get("photos", photo.id);
      if (kept) photos.push({ id: photo.id, sha256: photo.sha256, data: vault.base64(await mine.unsealBytes("photo:" + photo.id, kept.box)) });
    }
    out.visits.push({ id: row.id, body, photos });
  }
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await vault.derived(passphrase, salt), new TextEncoder().encode(JSON.stringify(out)));
  const file = { v: 1, owner: mine.user, device: await device(), made_at: new Date().toISOString(), key: "passphrase", rounds: 600000, salt: vault.base64(salt), iv: vault.base64(iv), data: vault.base64(data) };
  return { count: rows.length, text: JSON.stringify(file) };
}

export async function exporting(main) {
  const words = h("input", { type: "text", id: "f-words", minlength: "8", autocomplete: "off", autocapitalize: "none", spellcheck: "false", "aria-describedby": "h-words" });
  const said = h("p.kc-hint", { role: "status" });
  const go = async () => {
    if (words.value.trim().length < 8) {
      said.textContent = say("words_short");
      words.focus();
      return;
    }
    said.textContent = say("one_moment");
    const { count, text } = await exported(words.value.trim());
    if (!count) {
      said.textContent = say("all_sent");
      return;
    }
    const address = URL.createObjectURL(new Blob([text], { type: "application/octet-stream" }));
    const link = h("a", { href: address, download: `visits-${new Date().toISOString().slice(0, 10)}.kcx` });
    main.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(address), 60000);
    said.textContent = say("exported", count);
  };
  main.append(
    h("section.kc-group.kc-group--plain", null, h("p", null, say("export_text")), h("label.kc-lab", { for: "f-words" }, say("words")), h("p.kc-hint", { id: "h-words" }, say("words_hint")), words, said),
    h("div.kc-bar", null, button(say("make_file"), go, ".kc-btn--primary", "download")),
  );
}

// Records that wait are a reason to stay; whoever goes all the same leaves them here, sealed.
export async function logOut() {
  const me = await store.setting("me");
  const { mine } = await outbox.waiting(me.user);
  if (mine.length) {
    const answer = await ask(say("unsent_title", mine.length), say("unsent_text"), [["send", say("send_first"), ".kc-btn--primary"], [null, say("stay")], ["go", say("go_anyway"), ".kc-btn--danger"]]);
    if (answer === "send") {
      location.hash = "#outbox";
      outbox.run({ force: true });
    }
    if (answer !== "go") return;
  }
  try {
    await session();
    await call("POST", "logout", json({}));
  } catch (trouble) {
    if (trouble.kind !== "login") return void toast(say("logout_online"));
  }
  // the work list goes; what waits to be sent stays for whoever wrote it
  const lists = (await store.all("cases", "owner", me.user)).map((row) => row.id);
  await store.write(["cases", "meta"], (from) => {
    lists.forEach((id) => from("cases").delete(id));
    from("meta").delete("me");
  });
  vault.lock();
  location.replace(about.phone);
  location.reload();
}
