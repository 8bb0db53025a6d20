// What was downloaded, and how lists are shown.
import * as store from "./store.js";
import { h, icon } from "./ui.js";
import * as vault from "./vault.js";

export const EMPTY = { tasks: [], cases: [], options: {}, students: [], as_of: null };

// What was downloaded last, out of its sealed row.
export async function kept(kind) {
  const row = await store.get("cases", `${vault.who()}:${kind}`);
  return row ? { ...row, value: await vault.opener().unseal("cases:" + row.id, row.box) } : null;
}

export const list = async () => ((await kept("list")) || { value: EMPTY }).value;

export const empty = (sign, title, text, more) => h("div.kc-empty", null, icon(sign), h("h2", null, title), text && h("p", null, text), more);
export const section = (title, ...inside) => h("section.kc-group", null, h("h2", null, title), inside);
