// What the pages do with a network: who is logged in, what waits goes first, then the work list is fetched.
import { call, json, session } from "./api.js";
import { address, lock, remember, show, tell } from "./app.js";
import { advice, lacking, room } from "./browser.js";
import { refresh } from "./fetching.js";
import * as form from "./fields.js";
import { deposit, nextPin } from "./keys.js";
import * as outbox from "./outbox.js";
import { purge, run } from "./sending.js";
import { about, button, h, icon, plate, say, toast } from "./ui.js";
import * as vault from "./vault.js";
import { keepLater, refused, speak } from "./worker.js";

let known = null; // what the server last said about who is logged in
let connecting = null;

// Who is logged in: the person, or why that is not known.
export async function askServer() {
  try {
    known = await session();
    return { who: known };
  } catch (trouble) {
    known = null;
    return { kind: trouble.kind };
  }
}

// Everything that wants a network, in the order in which it matters. `anew` asks who is logged in once more.
export function connect(anew) {
  if (anew) known = null;
  connecting = connecting || reach().finally(() => (connecting = null));
  return connecting;
}

async function reach() {
  await purge();
  if (!navigator.onLine) {
    await run(); // its timer goes on trying: what the browser says of the network may be late, or never come
    return tell();
  }
  const user = vault.who();
  if (!known) await askServer();
  if (known && known.user !== user) {
    if (form.isOpen()) return;
    await remember(known);
    lock(); // not waited for: it ends when the other person is in
    return;
  }
  await run({ fresh: true });
  if (!known) return tell();
  try {
    await deposit(user);
    await refresh();
    if (!form.isOpen() && ["tasks", "case"].includes(address()[0])) await show();
  } catch (trouble) {
    if (trouble.kind) toast(say("not_fresh"));
  }
  speak(known.language);
  keepLater();
  await tell();
}

// Five wrong PINs, or forgotten: hidden until a log-in with the password brings the server's half of the key. Answers whether there is a new PIN.
export async function recover({ user }) {
  await askServer();
  if (known && known.user === user && known.share) {
    await nextPin(user, known.share);
    return true;
  }
  const forgot = !(await vault.shut(user));
  return new Promise((done) => plate("shut", "lock", say(forgot ? "pin_forgotten" : "pin_shut"), say("pin_shut_text"),
    button(say("log_in_password"), async () => {
      // a session that is still good proves no password
      await call("POST", "logout", json({})).catch(() => {});
      location.assign(`${about.login}?next=${about.phone}`);
    }, ".kc-btn--primary", "lock"),
    forgot && button(say("try_again"), () => done(false))));
}

// What this browser lacks, said above every screen.
export async function warnings() {
  const space = await room().catch(() => null);
  return [
    space && space.little && h("p.kc-line.kc-line--red", null, icon("alert-triangle"), say("little_room")),
    (refused || lacking()) && h("p.kc-line", null, icon("info-circle"), advice()),
  ];
}
