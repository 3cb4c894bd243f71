// One stream of events for a tab. The browser opens it again by itself and says what it saw last.
// What has happened since the page was made is told first.
const source = new EventSource(`/api/events?after=${document.body.dataset.now}`);

export function on(name, act) {
  source.addEventListener(name, (event) => act(JSON.parse(event.data)));
}

// Too much has happened since: what the page shows may be old.
on("again", () => document.dispatchEvent(new Event("again")));
window.addEventListener("pagehide", () => source.close());
