// What is downloaded: sealed on the phone before anybody sees it.
import { call, device } from "./api.js";
import { waiting } from "./outbox.js";
import * as store from "./store.js";
import * as vault from "./vault.js";

export async function fetched(kind, path, headers) {
  const owner = vault.who();
  const id = `${owner}:${kind}`;
  const old = await store.get("cases", id);
  const mine = vault.opener();
  const answer = await call("GET", path, { etag: old && old.etag, headers });
  if (answer.status === 304) return store.change("cases", id, { at: Date.now() });
  const row = { id, owner, at: Date.now(), etag: answer.etag, box: await mine.seal("cases:" + id, answer.data) };
  // what came is somebody else's: the log-in has changed
  if (answer.data.user && answer.data.user !== owner) return null;
  return store.put("cases", row);
}

// Also says how many records wait here, for the page of the account.
export async function refresh() {
  const { mine } = await waiting(vault.who());
  return fetched("list", "worklist?device=" + (await device()), { "X-Waiting": mine.filter((row) => row.state !== "replaced").length });
}
