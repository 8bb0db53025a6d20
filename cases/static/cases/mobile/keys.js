// Making, giving out and changing the keys of a phone. All of it happens with a network but a change of the PIN.
import { call, device, json } from "./api.js";
import { busy, keypad } from "./pin.js";
import * as store from "./store.js";
import { say, toast } from "./ui.js";
import * as vault from "./vault.js";

export const base64 = (bytes) => {
  let signs = "";
  const view = new Uint8Array(bytes);
  for (let n = 0; n < view.length; n += 32768) signs += String.fromCharCode.apply(null, view.subarray(n, n + 32768));
  return btoa(signs);
};
const unbase64 = (signs) => Uint8Array.from(atob(signs), (sign) => sign.charCodeAt(0));

async function wrap(user, raw, pin) {
  const salt = vault.random(16);
  return { salt, rounds: vault.ROUNDS, pin: await vault.encrypt(await vault.derived(pin, salt), raw, user), tries: 0 };
}

// A new key for somebody who has none on this phone.
async function create(user, pin) {
  if (await vault.exists(user)) throw new Error("there is a key already");
  const raw = vault.random(32);
  const share = vault.random(32);
  const row = { id: vault.rowOf(user), ...(await wrap(user, raw, pin)), share: await vault.encrypt(await vault.aes(share), raw, "share:" + user) };
  // the share itself waits for the server under the key that it will one day give back
  row.pending = await vault.encrypt(await vault.aes(raw), share, "pending:" + user);
  await store.put("meta", row);
  await vault.take(user, raw);
  raw.fill(0);
}

// The PIN is forgotten: the server's share opens the second wrapping, and a new PIN takes the place of the old one.
async function recover(user, share, pin) {
  const row = await vault.find(user);
  const raw = await vault.decrypt(await vault.aes(unbase64(share)), row.share, "share:" + user);
  await store.change("meta", row.id, await wrap(user, raw, pin));
  await vault.take(user, raw);
}

async function rewrap(user, old, pin) {
  const left = await vault.unlock(user, old);
  if (left !== "open") return left;
  const row = await vault.find(user);
  await store.change("meta", row.id, await wrap(user, await vault.opened(user, row, old), pin));
  return left;
}

// Gives the share to the server, once; until then a forgotten PIN could not be replaced.
export async function deposit(user) {
  const row = await vault.find(user);
  if (!row.pending) return;
  const share = base64(await vault.opener().unsealBytes("pending:" + user, row.pending));
  await call("PUT", `devices/${await device()}/share`, json({ share }));
  await store.change("meta", row.id, { pending: null });
}

// ---- the PIN

const WEAK = /^(\d)\1{5}$|^(?:012345|123456|234567|345678|456789|654321|543210|987654)$/;

async function newPin(title) {
  let text = say("pin_new_text");
  for (;;) {
    const first = await keypad(title, text);
    if (WEAK.test(first)) {
      text = say("pin_weak");
      continue;
    }
    if ((await keypad(say("pin_again"), say("pin_again_text"))) === first) {
      busy(say("one_moment"));
      return first;
    }
    text = say("pin_differs");
  }
}

// The first PIN of somebody on this phone.
export const firstPin = async (user) => create(user, await newPin(say("pin_set")));
// A forgotten one, with the share that the server gave after a log-in.
export const nextPin = async (user, share) => recover(user, share, await newPin(say("pin_new")));

export async function changePin({ blank, lock, show }) {
  const user = vault.who();
  blank();
  let text = say("pin_old_text");
  for (;;) {
    const old = await keypad(say("pin_old"), text, say("cancel"));
    if (old === null) return show();
    busy(say("one_moment"));
    const left = await vault.unlock(user, old);
    if (left === "open") {
      await rewrap(user, old, await newPin(say("pin_new")));
      toast(say("pin_changed"));
      return show();
    }
    if (!left) return lock();
    text = say("pin_wrong", left);
  }
}
