// Sending what waits. A record leaves the phone only after a receipt that names every photo.
import { Trouble, call, json, session } from "./api.js";
import { tell, traffic, waiting } from "./outbox.js";
import * as store from "./store.js";
import * as vault from "./vault.js";

const FIRST = 3000; // milliseconds until the next try; doubled up to LONGEST, for as long as anything waits
const LONGEST = 300000;
const LEASE = 150000; // longer than any request may take
const KEPT = 86400000; // a receipt stays a day
const STALE = 7 * 86400000; // a work list a week

const holder = store.uuid();
let running = false;
let again = null;
let timer = 0;
let delay = FIRST;
let receipts = 0;

const isPlain = (row) => row.state !== "refused" && row.state !== "replaced";

// Takes a record out that the server refused. Only a person asks for this.
export async function discard(id) {
  await store.write(["outbox", "photos"], (from) => {
    from("outbox").delete(id);
    photosOf(from, id);
  });
  tell();
}

function photosOf(from, id) {
  const held = from("photos").index("of").getAllKeys(id);
  held.onsuccess = () => held.result.forEach((photo) => from("photos").delete(photo));
}

// Sends what waits. Any number of calls at once are one run; a call during a run is remembered.
export async function run({ force = false, fresh = false } = {}) {
  if (fresh || force) delay = FIRST;
  if (running) {
    again = { force: force || Boolean(again && again.force) };
    return;
  }
  running = true;
  clearTimeout(timer);
  let left = 0;
  receipts = 0;
  try {
    left = await alone((extend) => round(force, extend));
    traffic.why = "";
  } catch (trouble) {
    traffic.why = trouble instanceof Trouble ? trouble.kind : "busy";
    left = 1;
  }
  traffic.live.clear();
  running = false;
  tell();
  // what was sent has changed what is to be done
  if (receipts) dispatchEvent(new Event("kc-received"));
  if (again) {
    const asked = again;
    again = null;
    return run(asked);
  }
  // The timer is what makes sure: an event may be lost, a wait never ends anything.
  if (left && vault.isOpen()) {
    timer = setTimeout(run, delay * (0.8 + Math.random() * 0.4));
    delay = Math.min(LONGEST, delay * 2);
  }
}

// Two windows never send together. Where the browser has no locks, a row in the database is one that expires.
function alone(work) {
  if (navigator.locks) return navigator.locks.request("kc-outbox", { ifAvailable: true }, (lock) => (lock ? work(() => {}) : 1));
  return leased(work);
}

async function leased(work) {
  let mine = false;
  const take = () => store.write(["meta"], (from) => {
    const found = from("meta").get("lease");
    found.onsuccess = () => {
      mine = !found.result || found.result.holder === holder || found.result.until < Date.now();
      if (mine) from("meta").put({ id: "lease", holder, until: Date.now() + LEASE });
    };
  });
  await take();
  if (!mine) return 1;
  try {
    return await work(take);
  } finally {
    await store.write(["meta"], (from) => from("meta").delete("lease"));
  }
}

// One pass over the queue; answers how much is left that may go without a person's help.
async function round(force, extend) {
  if (!vault.isOpen()) return 0;
  const mine = vault.opener();
  const rows = (await waiting(mine.user)).mine.filter((row) => isPlain(row) || (force && row.state === "refused"));
  if (!rows.length) return 0;
  const known = await session();
  if (known.user !== mine.user) throw new Trouble("other");
  let failed = 0;
  for (const row of rows) {
    try {
      await send(row, mine, extend);
      delay = FIRST;
    } catch (problem) {
      const trouble = problem instanceof Trouble ? problem : new Trouble("busy");
      if (trouble.kind === "refused") {
        await store.change("outbox", row.id, { state: "refused", why: trouble.data });
      } else if (trouble.kind !== "busy" || ++failed > 2) {
        throw trouble;
      }
    }
    traffic.live.delete(row.id);
    tell();
  }
  if (failed) throw new Trouble("busy");
  return 0;
}

// Once more with a new token if the first was no longer good.
async function asked(...what) {
  try {
    return await call(...what);
  } catch (trouble) {
    if (trouble.kind !== "forbidden") throw trouble;
  }
  await session();
  try {
    return await call(...what);
  } catch (trouble) {
    throw trouble.kind === "forbidden" ? new Trouble("refused", trouble.data) : trouble;
  }
}

async function send(row, mine, extend) {
  const { body, label } = await mine.unseal("outbox:" + row.id, row.box);
  const photos = JSON.parse(body).photos || [];
  const step = async (done) => {
    traffic.live.set(row.id, [done, photos.length]);
    tell();
    await extend();
  };
  await step(0);
  if (row.kind === "suspicion") {
    const { data } = await asked("PUT", "suspicions/" + row.id, json(body, mine.user));
    if (data.suspicion !== row.id) throw new Trouble("portal");
    return received(row, mine, label, { number: data.case });
  }
  const stored = await asked("PUT", "visits/" + row.id, json(body, mine.user));
  if (stored.data.visit !== row.id) throw new Trouble("portal");
  let held = stored.data.photos || [];
  for (let tries = 0; ; tries++) {
    for (const photo of photos) {
      if (held.includes(photo.id)) continue;
      await step(photos.filter((one) => held.includes(one.id)).length);
      await sendPhoto(row, photo, mine);
      held = [...held, photo.id];
    }
    await step(photos.length);
    try {
      const { data } = await asked("POST", `visits/${row.id}/finish`, json({}, mine.user));
      if (data.visit !== row.id || !photos.every((photo) => (data.photos || []).includes(photo.id))) throw new Trouble("busy");
      return received(row, mine, label, data);
    } catch (trouble) {
      if (trouble.kind !== "refused" || trouble.data.error !== "photos_missing" || tries) throw trouble;
      held = held.filter((photo) => !trouble.data.missing.includes(photo));
    }
  }
}

async function sendPhoto(row, photo, mine) {
  const kept = await store.get("photos", photo.id);
  if (!kept) throw new Trouble("refused", { error: "photo_lost" });
  const { data } = await asked("PUT", `visits/${row.id}/photos/${photo.id}`, {
    long: true,
    body: await mine.unsealBytes("photo:" + photo.id, kept.box),
    headers: { "Content-Type": "image/jpeg", "X-Sha256": photo.sha256, "X-Owner": mine.user },
  });
  if (data.photo !== photo.id) throw new Trouble("portal");
}

// The receipt takes the record's place, in one transaction.
async function received(row, mine, label, data) {
  const box = await mine.seal("sent:" + row.id, { label, next: data.next || "" });
  const receipt = { id: row.id, owner: row.owner, kind: row.kind, made: row.at, at: Date.now(), number: data.number || "", late: Boolean(data.late), box };
  const replace = (kept) => store.write(["outbox", "photos", "sent"], (from) => {
    if (kept) from("sent").put(kept);
    for (const id of [row.id, row.replaces].filter(Boolean)) {
      from("outbox").delete(id);
      photosOf(from, id);
    }
  });
  await replace(receipt).catch((error) => {
    if (!store.full(error)) throw error;
    return replace(null); // makes room; the server has the receipt, too
  });
  receipts++;
}

// Receipts of yesterday and work lists of last week go; what was not sent never does.
export async function purge(now = Date.now()) {
  const old = (rows, kept) => rows.filter((row) => now - row.at > kept).map((row) => row.id);
  const [receipts, lists] = [old(await store.all("sent"), KEPT), old(await store.all("cases"), STALE)];
  if (receipts.length + lists.length) {
    await store.write(["sent", "cases"], (from) => {
      receipts.forEach((id) => from("sent").delete(id));
      lists.forEach((id) => from("cases").delete(id));
    });
  }
}
