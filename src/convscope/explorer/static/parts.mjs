// Parts of a page that were computed since it was opened: taken from the page as it is now.
const after = [];

export function refreshed(act) {
  after.push(act);
}

export async function refresh(...names) {
  const response = await fetch(location.href).catch(() => null);
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const name of names) {
    const old = document.getElementById(name);
    const now = page.getElementById(name);
    if (old && now) old.replaceWith(document.adoptNode(now));
  }
  for (const act of after) act();
}
