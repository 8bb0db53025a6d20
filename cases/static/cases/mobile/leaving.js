// The way out for records that cannot be sent, and logging out.
import { call, device, json, session } from "./api.js";
import { base64 } from "./keys.js";
import * as outbox from "./outbox.js";
import * as store from "./store.js";
import { about, ask, button, h, say, toast } from "./ui.js";
import * as vault from "./vault.js";

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
      if (kept) photos.push({ id: photo.id, sha256: photo.sha256, data: base64(await mine.unsealBytes("photo:" + photo.id, kept.box)) });
    }
    out.visits.push({ id: row.id, body, photos });
  }
  const salt = vault.random(16);
  const iv = vault.random(12);
  const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await vault.derived(passphrase, salt), new TextEncoder().encode(JSON.stringify(out)));
  const file = { v: 1, owner: mine.user, device: await device(), made_at: new Date().toISOString(), key: "passphrase", rounds: vault.ROUNDS, salt: base64(salt), iv: base64(iv), data: base64(data) };
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
    h("section.kc-group.kc-group--plain", null, h("p", null, say("export_text")), h("label.kc-lab", { for: "f-words" }, say("file_words")), h("p.kc-hint", { id: "h-words" }, say("file_words_hint")), words, said),
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
