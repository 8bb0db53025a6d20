// What waits to be sent: writing it down for good, and what is known of it. Sending it (sending.js) wants a network.
import { later } from "./rest.js";
import * as store from "./store.js";
import * as vault from "./vault.js";

// What is under way: record → [photos done, photos in all]; and why nothing goes: offline, portal, login, other, busy.
export const traffic = { live: new Map(), why: "" };
export const tell = () => dispatchEvent(new Event("kc-outbox"));
// Without the second script a record waits until it is here: whatever brings it sends.
export const run = (how) => later().then((more) => more.run(how), () => {});

// Puts a record into the queue and takes its draft away, in one transaction. Afterwards nothing changes it.
export async function submit({ id, kind, body, label, draft, replaces }) {
  const mine = vault.opener();
  const photos = (body.photos || []).map((photo) => photo.id);
  const row = { id, owner: mine.user, kind, at: Date.now(), photos: photos.length, state: "queued" };
  if (replaces) row.replaces = replaces;
  row.box = await mine.seal("outbox:" + id, { body: JSON.stringify(body), label });
  await store.write(["outbox", "drafts", "photos"], (from) => {
    from("outbox").add(row);
    if (draft) from("drafts").delete(draft);
    if (replaces) {
      const old = from("outbox").get(replaces);
      old.onsuccess = () => old.result && from("outbox").put({ ...old.result, state: "replaced" });
    }
    const held = from("photos").index("of").getAllKeys(id);
    held.onsuccess = () => photos.every((photo) => held.result.includes(photo)) || held.transaction.abort();
  });
  tell();
  if (navigator.storage && navigator.storage.persist) navigator.storage.persist(); // nothing of it may be cleared away
  run({ fresh: true });
}

export const contents = async (row) => {
  const { body, label } = await vault.opener().unseal("outbox:" + row.id, row.box);
  return { body: JSON.parse(body), label };
};

// Everything that is not on the server: mine, and how much of others' lies here.
export async function waiting(user) {
  const rows = (await store.all("outbox")).sort((one, other) => one.at - other.at);
  return { mine: rows.filter((row) => row.owner === user), others: rows.filter((row) => row.owner !== user).length };
}
