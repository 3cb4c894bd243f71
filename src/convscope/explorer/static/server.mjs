// What the page asks of the server: JSON in, JSON out. What goes wrong is shown, never thrown away.
import { notice } from "./notices.mjs";

export async function post(address, body = {}, { quiet = false } = {}) {
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    if (!quiet) notice("The server does not answer.", "Is it still running? Start it again, and this page goes on.");
    return null;
  }
  return answer(response, quiet);
}

export async function send(address, file) {
  const response = await fetch(address, { method: "POST", headers: { "Content-Type": file.type || "application/octet-stream" }, body: file }).catch(() => null);
  if (!response) {
    notice("The server does not answer.", "Is it still running?");
    return null;
  }
  return answer(response, false);
}

async function answer(response, quiet) {
  const told = await response.json().catch(() => ({ title: response.statusText }));
  if (response.ok) return told;
  if (!quiet) notice(told.title ?? "Something went wrong.", told.hint ?? "", told.detail ?? "");
  return null;
}
