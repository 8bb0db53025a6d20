// What this browser has and lacks.
import { say } from "./ui.js";

const LITTLE = 50 * 1048576; // bytes: room for a day of visits with photos

export async function room() {
  if (!navigator.storage || !navigator.storage.estimate) return null;
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  return { usage, left: quota - usage, little: quota - usage < LITTLE };
}

export const wechat = /MicroMessenger/i.test(navigator.userAgent);
export const apple = /iPhone|iPad|iPod/.test(navigator.userAgent);
// Whether the pages cannot be opened here without a network.
export const lacking = () => !("serviceWorker" in navigator) || (wechat && apple);
// What to do about it.
export const advice = () => say(wechat ? (apple ? "wechat_apple" : "wechat") : apple ? "use_safari" : "use_chrome");
