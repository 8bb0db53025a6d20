// Everything about children is sealed on the phone with AES-GCM 256. The data key is random; it lies on the disk wrapped by a key that is
// made of the PIN (PBKDF2-SHA256, 600 000 rounds), and a second time by a share that the server hands out after a log-in with the password.
// While unlocked it is in memory and cannot be exported. A PIN of six digits keeps out the next person who holds the phone, no laboratory.
import * as store from "./store.js";

export const ROUNDS = 600000;
export const TRIES = 5;
export const IDLE = 5 * 60 * 1000;

let key = null;
let whose = null;

export const random = (length) => crypto.getRandomValues(new Uint8Array(length));
const text = (words) => new TextEncoder().encode(words);
export const hash = async (data) => Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", data)), (byte) => (byte + 256).toString(16).slice(1)).join("");

export const aes = (raw, uses) => crypto.subtle.importKey("raw", raw, "AES-GCM", false, uses || ["encrypt", "decrypt"]);
export async function encrypt(by, data, label) {
  const iv = random(12);
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: text(label) }, by, data) };
}
export const decrypt = (by, box, label) => crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv, additionalData: text(label) }, by, box.data);

export async function derived(secret, salt, rounds = ROUNDS) {
  const from = await crypto.subtle.importKey("raw", text(secret), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds }, from, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export const rowOf = (user) => "vault:" + user;
export const find = (user) => store.get("meta", rowOf(user));
export const exists = async (user) => Boolean(await find(user));
export const isOpen = () => Boolean(key);
export const who = () => (key ? whose : "");
export const lock = () => {
  key = null;
};

// From now on this key is the one in use.
export async function take(user, raw) {
  [key, whose] = [await aes(raw), user];
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
  await take(user, raw);
  return "open";
}

export async function opened(user, row, pin) {
  try {
    return await decrypt(await derived(pin, row.salt, row.rounds), row.pin, user);
  } catch {
    return null;
  }
}

export const shut = async (user) => (await find(user)).tries >= TRIES;

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
