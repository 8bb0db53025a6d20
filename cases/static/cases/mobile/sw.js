// Keeps the shell of the phone pages, and nothing with anybody's data in it. It sends nothing: what waits is sealed, and it has no key.
const version = "VERSION";
const shell = ["SHELL"];
const later = ["LATER"]; // seldom needed: kept when a page that has opened says so
const name = "kc-m-" + version;

// A portal's page in the place of ours lacks our mark.
async function fetched(address) {
  const answer = await fetch(address, { cache: "no-cache", credentials: "same-origin", redirect: "error" });
  if (!answer.ok || answer.headers.get("X-KC") !== version) throw new Error("not ours");
  return answer;
}

async function bring(addresses) {
  const kept = await caches.open(name);
  await Promise.all(addresses.map(async (address) => (await kept.match(address)) || kept.put(address, await fetched(address))));
}

addEventListener("install", (event) => event.waitUntil(bring(shell)));

addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const old = (await caches.keys()).filter((one) => one.startsWith("kc-m-") && one !== name);
    await Promise.all(old.map((one) => caches.delete(one)));
    await clients.claim();
  })());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  const asked = request.mode === "navigate" && pathname === shell[0] ? shell[0] : pathname;
  if (!shell.includes(asked) && !later.includes(asked)) return; // the network alone: /m/api/ and everything else
  event.respondWith(caches.open(name).then((kept) => kept.match(asked)).then((found) => found || fetch(request)));
});

addEventListener("message", (event) => {
  if (event.data === "skip") event.waitUntil(skipWaiting());
  if (event.data === "later") event.waitUntil(bring(later).catch(() => {})); // asked again when the pages open again
  if (event.data.language) {
    event.waitUntil((async () => {
      const kept = await caches.open(name);
      for (const address of [shell[0], later[0]]) await kept.put(address, await fetched(address + "?language=" + event.data.language));
      event.source.postMessage("reload");
    })());
  }
});

// The network is back: whoever is open sends.
addEventListener("sync", (event) => {
  event.waitUntil(clients.matchAll().then((open) => open.forEach((one) => one.postMessage("send"))));
});
