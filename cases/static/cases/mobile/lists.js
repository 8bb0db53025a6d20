// What was downloaded, and how lists are shown.
import { call, device } from "./api.js";
import * as store from "./store.js";
import { h, icon } from "./ui.js";
import * as vault from "./vault.js";

export const EMPTY = { tasks: [], cases: [], options: {}, students: [], as_of: null };

// What was downloaded last, out of its sealed row.
export async function kept(kind) {
  const row = await store.get("cases", `${vault.who()}:${kind}`);
  return row ? { ...row, value: await vault.opener().unseal("cases:" + row.id, row.box) } : null;
}

export async function fetched(kind, path) {
  const owner = vault.who();
  const id = `${owner}:${kind}`;
  const old = await store.get("cases", id);
  const mine = vault.opener();
  const answer = await call("GET", path, { etag: old && old.etag });
  if (answer.status === 304) return store.change("cases", id, { at: Date.now() });
  const row = { id, owner, at: Date.now(), etag: answer.etag, box: await mine.seal("cases:" + id, answer.data) };
  // what came is somebody else's: the log-in has changed
  if (answer.data.user && answer.data.user !== owner) return null;
  return store.put("cases", row);
}

export const refresh = async () => fetched("list", "worklist?device=" + (await device()));
export const list = async () => ((await kept("list")) || { value: EMPTY }).value;

export const empty = (sign, title, text, more) => h("div.kc-empty", null, icon(sign), h("h2", null, title), text && h("p", null, text), more);
export const section = (title, ...inside) => h("section.kc-group", null, h("h2", null, title), inside);
