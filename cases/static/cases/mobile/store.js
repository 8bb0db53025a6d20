// The phone's own database. What it keeps of children is sealed by vault.js before it comes here.
//
// meta    one row a setting, and each person's wrapped key      cases   work lists, by owner
// drafts  forms that are not sent yet                           outbox  what waits to be sent: written once, never changed but for its state
// photos  their bytes, by the record they belong to             sent    receipts, for a day

const NAME = "kc-phone";

// Each step of the schema adds; none may take away, or a queue that was not sent is lost.
export const STEPS = [
  (base) => {
    base.createObjectStore("meta", { keyPath: "id" });
    for (const name of ["cases", "drafts", "outbox", "sent"]) base.createObjectStore(name, { keyPath: "id" }).createIndex("owner", "owner");
    base.createObjectStore("photos", { keyPath: "id" }).createIndex("of", "of");
  },
];

const PATIENCE = 2000; // milliseconds for what is being written down before this window makes room
let base = null;
let keep = () => {};
// What is to be written down before this window gives the database up.
export const beforeClosing = (work) => (keep = work);

export function open(steps = STEPS) {
  return new Promise((done, fail) => {
    const asked = indexedDB.open(NAME, steps.length);
    asked.onupgradeneeded = (event) => {
      for (let n = event.oldVersion; n < steps.length; n++) steps[n](asked.result, asked.transaction);
    };
    asked.onerror = () => fail(asked.error);
    // another window has not made room: it sleeps, or is of a version that never does
    asked.onblocked = () => dispatchEvent(new Event("kc-blocked"));
    asked.onsuccess = () => {
      base = asked.result;
      // A newer version of the pages wants to add to the schema: make room, and let the screen be loaded again.
      base.onversionchange = async () => {
        try {
          await Promise.race([keep(), new Promise((go) => setTimeout(go, PATIENCE))]);
        } finally {
          base.close();
          dispatchEvent(new Event("kc-stale"));
        }
      };
      base.onclose = () => dispatchEvent(new Event("kc-closed")); // by the browser: somebody cleared its data
      done(base);
    };
  });
}

const result = (asked) => new Promise((done, fail) => {
  asked.onsuccess = () => done(asked.result);
  asked.onerror = () => fail(asked.error);
});

export const get = (name, id) => result(base.transaction(name).objectStore(name).get(id));
export const all = (name, index, value) => {
  const store = base.transaction(name).objectStore(name);
  return result(index ? store.index(index).getAll(value) : store.getAll());
};
// One transaction: all of it is on the disk when this is fulfilled, or none of it ever.
// `work` gets a function that names a store, and may wait for nothing but the database.
export function write(names, work) {
  return new Promise((done, fail) => {
    const change = base.transaction(names, "readwrite", { durability: "strict" });
    change.oncomplete = () => done();
    change.onabort = () => fail(change.error || new Error("aborted"));
    try {
      work((name) => change.objectStore(name));
    } catch (error) {
      change.abort();
      fail(error);
    }
  });
}

export const put = (name, row) => write([name], (store) => store(name).put(row));
export const remove = (name, id) => write([name], (store) => store(name).delete(id));
export const full = (error) => Boolean(error) && (error.name === "QuotaExceededError" || /quota/i.test(error.message || ""));

// Changes a row if it is still there; the one way in which a queued record is touched.
export const change = (name, id, set) => write([name], (store) => {
  const found = store(name).get(id);
  found.onsuccess = () => found.result && store(name).put({ ...found.result, ...set });
});

// A random number of version 4 (RFC 9562), also where the browser makes none itself.
export const uuid = () => "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) => (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16));

export async function setting(id, otherwise) {
  const row = await get("meta", id);
  return row ? row.value : otherwise;
}
export const set = (id, value) => put("meta", { id, value });
