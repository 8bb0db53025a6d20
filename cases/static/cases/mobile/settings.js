// The settings, and the self-check.
import { advice, lacking, room } from "./browser.js";
import { call, device, json, session } from "./api.js";
import { changePin } from "./keys.js";
import { logOut } from "./leaving.js";
import * as store from "./store.js";
import { about, button, h, icon, megabytes, note, say } from "./ui.js";

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
    section(say("photos_and_place"), await toggle("burn", say("set_burn"), say("set_burn_hint")), await toggle("geo", say("set_geo"), say("set_geo_hint"))),
    section(say("lock_title"), h("p.kc-hint", null, say("lock_hint")), h("div.kc-row", null, button(say("lock_now"), actions.lock, "", "lock"), button(say("change_pin"), () => changePin(actions), "", "edit"))),
    section(say("this_phone"), h("ul.kc-rows", null, [["#diag", "shield-check", say("self_check")], ["#export", "download", say("export")]].map(([href, sign, label]) => h("li", null, h("a", { href }, icon(sign), h("strong", null, label), icon("chevron-right")))))),
    section(say("account_title"), h("div.kc-row", null, h("a.kc-btn", { href: about.tasks }, icon("world"), say("big_site")), button(say("log_out"), logOut, ".kc-btn--danger", "logout")), h("p.kc-hint", null, say("version", about.version))),
  );
}

export async function diag(main) {
  if (lacking()) main.append(note("amber", "info-circle", advice()));
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
