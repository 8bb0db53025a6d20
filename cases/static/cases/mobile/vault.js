// Everything about children is sealed on the phone with AES-GCM 256. The data key is random; it lies on the disk wrapped by a key that is
// made of the PIN (PBKDF2-SHA256, 600 000 rounds), and a second time by a share that the server hands out after a log-in with the password.
// While unlocked it is in memory and cannot be exported. A PIN of six digits keeps out the next person who holds the phone, no laboratory.
import * as store from "./store.js";

const ROUNDS = 600000;
export const TRIES = 5;
export const IDLE = 5 * 60 * 1000;

let key = null;
let whose = null;

const random = (length) => crypto.getRandomValues(new Uint8Array(length));
const text = (words) => new TextEncoder().encode(words);
export const base64 = (bytes) => {
  let signs = "";
  const view = new Uint8Array(bytes);
  for (let n = 0; n < view.length; n += 32768) signs += String.fromCharCode.apply(null, view.subarray(n, n + 32768));
  return btoa(signs);
};
export const bytes = (signs) => Uint8Array.from(atob(signs), (sign) => sign.charCodeAt(0));
export const hash = async (data) => Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", data)), (byte) => (byte + 256).toString(16).slice(1)).join("");

const aes = (raw, uses) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, uses || ["encrypt", "decrypt"]);
async function encrypt(by, data, label) {
  const iv = random(12);
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: text(label) }, by, data) };
}
const decrypt = (by, box, label) => crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv, additionalData: text(label) }, by, box.data);

export async function derived(secret, salt, rounds = ROUNDS) {
  const from = await crypto.subtle.importKey("raw", text(secret), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, from, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

const rowOf = (user) => "vault:" + user;
const find = (user) => store.get("meta", rowOf(user));
export const exists = async (user) => Boolean(await find(user));
export const isOpen = () => Boolean(key);
export const who = () => (key ? whose : "");
export const lock = () => {
  key = null;
};

async function wrap(user, raw, pin) {
  const salt = random(16);
  return { salt, rounds: ROUNDS, pin: await encrypt(await derived(pin, salt), raw, user), tries: 0 };
}

// A new key for somebody who has none on this phone.
export async function create(user, pin) {
  if (await exists(user)) throw new Error("there is a key already");
  const raw = random(32);
  const share = random(32);
  const row = { id: rowOf(user), ...(await wrap(user, raw, pin)), share: await encrypt(await aes(share), raw, "share:" + user) };
  // the share itself waits for the server under the key that it will one day give back
  row.pending = await encrypt(await aes(raw), share, "pending:" + user);
  await store.put("meta", row);
  [key, whose] = [await aes(raw), user];
  raw.fill(0);
}

// A phone that is full to the last byte must not lock its owner out.
const count = (row, tries) => store.change("meta", row.id, { tries }).catch((error) => {
  if (!store.full(error)) throw error;
});

// "open", or how many tries are left; the try is on the disk before it is made, so that killing the page buys none.
export async function unlock(user, pin) {
  const row = await find(user);
  if (row.tries >= TRIES) return 0;
  const tries = row.tries + 1;
  await count(row, tries);
  const raw = await opened(user, row, pin);
  if (!raw) return TRIES - tries;
  await count(row, 0);
  [key, whose] = [await aes(raw), user];
  return "open";
}

async function opened(user, row, pin) {
  try {
    return await decrypt(await derived(pin, row.salt, row.rounds), row.pin, user);
  } catch {
    return null;
  }
}

export const shut = async (user) => (await find(user)).tries >= TRIES;

// The PIN is forgotten: the server's share opens the second wrapping, and a new PIN takes the place of the old one.
export async function recover(user, share, pin) {
  const row = await find(user);
  const raw = await decrypt(await aes(bytes(share)), row.share, "share:" + user);
  await store.change("meta", row.id, await wrap(user, raw, pin));
  [key, whose] = [await aes(raw), user];
}

export async function changePin(user, old, pin) {
  const left = await unlock(user, old);
  if (left !== "open") return left;
  const row = await find(user);
  await store.change("meta", row.id, await wrap(user, await opened(user, row, old), pin));
  return left;
}

// Gives the share to the server, once; until then a forgotten PIN could not be replaced.
export async function deposit(user, send) {
  const row = await find(user);
  if (!key || !row || !row.pending) return;
  await send(base64(await decrypt(key, row.pending, "pending:" + user)));
  await store.change("meta", row.id, { pending: null });
}

// What seals and unseals for whoever is in now. Whoever holds it can finish what they began after the screen is locked.
export function opener() {
  const mine = key;
  if (!mine) throw new Error("locked");
  return {
    user: whose,
    sealBytes: (label, data) => encrypt(mine, data, label),
    unsealBytes: (label, box) => decrypt(mine, box, label),
    seal: (label, value) => encrypt(mine, text(JSON.stringify(value)), label),
    unseal: async (label, box) => JSON.parse(new TextDecoder().decode(await decrypt(mine, box, label))),
  };
}
