// One stream of events for a tab. The browser opens it again by itself and says what it saw last.
import { notice } from "./notices.mjs";

// What has happened since the page was made is told first.
const source = new EventSource(`/api/events?after=${document.body.dataset.now}`);

export function on(name, act) {
  source.addEventListener(name, (event) => act(JSON.parse(event.data)));
}

// Too much has happened since: what the page shows may be old.
on("again", () => document.dispatchEvent(new Event("again")));
// A server that has gone is said once, and so is its return.
let lost = null;
source.addEventListener("error", () => {
  lost ??= notice("The server does not answer.", "This page goes on when it is there again: convscope explore.");
});
source.addEventListener("open", () => {
  lost?.remove();
  lost = null;
});
window.addEventListener("pagehide", () => source.close());
