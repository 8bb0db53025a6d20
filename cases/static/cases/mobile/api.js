// Talks to the server. A success is 2xx and JSON and about what was asked; a portal's page, a redirect, a hung line is none.
import * as store from "./store.js";
import { about } from "./ui.js";

const BASE = about.phone + "api/";
const SHORT = 30000; // milliseconds, for words
const LONG = 120000; // for a photo

export class Trouble extends Error {
  // kind: offline, portal, login, busy, refused
  constructor(kind, data = {}) {
    super(kind);
    this.kind = kind;
    this.data = data;
  }
}

let token = "";
let self = "";

export async function call(method, path, { body, headers, long, etag } = {}) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), long ? LONG : SHORT);
  let answer;
  let data = null;
  try {
    answer = await fetch(BASE + path, {
      method, body, redirect: "manual", credentials: "same-origin", cache: "no-store", signal: stop.signal,
      headers: { Accept: "application/json", "X-Device": self, "X-Version": about.version, ...(method !== "GET" && { "X-CSRFToken": token }), ...(etag && { "If-None-Match": etag }), ...headers },
    });
    if (/json/.test(answer.headers.get("content-type") || "")) data = await answer.json();
  } catch {
    throw new Trouble("offline");
  } finally {
    clearTimeout(timer);
  }
  if (answer.type === "opaqueredirect") throw new Trouble("portal");
  if (answer.status === 204 || answer.status === 304) return { status: answer.status };
  if (answer.ok && data && typeof data === "object") return { status: answer.status, data, etag: answer.headers.get("etag") };
  if (answer.ok) throw new Trouble("portal");
  if (answer.status === 401) throw new Trouble("login");
  // our server says no in JSON; anything else that speaks is something in between
  if (data && (data.error === "not_found" || [400, 403, 409, 413, 422].includes(answer.status))) throw new Trouble(answer.status === 403 ? "forbidden" : "refused", data);
  throw new Trouble(answer.status >= 500 || answer.status === 429 ? "busy" : "portal");
}

export const json = (value, owner) => ({ body: typeof value === "string" ? value : JSON.stringify(value), headers: { "Content-Type": "application/json", ...(owner && { "X-Owner": owner }) } });

// This phone's own number, made once.
export async function device() {
  self = self || (await store.setting("device"));
  if (!self) {
    self = store.uuid();
    await store.set("device", self);
  }
  return self;
}

// Who is logged in. Also learns the token and how far the phone's clock is from the server's.
export async function session() {
  const before = Date.now();
  const { data } = await call("GET", "session?device=" + (await device()));
  if (!data || !data.user || !data.csrf) throw new Trouble("portal");
  token = data.csrf;
  const offset = Math.round(Date.parse(data.now) - (before + Date.now()) / 2);
  if (Number.isFinite(offset)) await store.set("offset", offset).catch(() => {}); // a full phone still sends
  return data;
}
