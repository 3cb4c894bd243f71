// The list of work: how far it is, how long it takes, and buttons to stop it or have it wait.
import { on } from "./events.mjs";
import { post } from "./server.mjs";

const OVER = ["done", "stopped", "failed"];
const panel = document.getElementById("jobs");
const list = document.getElementById("jobs-list");
const none = document.getElementById("jobs-none");
const button = document.getElementById("jobs-button");
const count = document.getElementById("jobs-count");
const known = new Map();

function left(seconds) {
  if (seconds === null) return "";
  if (seconds < 90) return `, about ${Math.max(1, Math.round(seconds))} s left`;
  return `, about ${Math.round(seconds / 60)} min left`;
}

// A short job may be over before the page has the answer to its request.
export const latest = (job) => known.get(job?.id) ?? job;

export function says(job) {
  if (job.state === "failed") return `failed: ${job.error}`;
  if (job.state === "running") return `${Math.round(job.fraction * 100)} %${left(job.seconds_left)}`;
  return job.state;
}

function act(text, job, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.setAttribute("aria-label", `${text}: ${job.title}`);
  made.addEventListener("click", () => post(`/api/jobs/${job.id}/${action}`));
  return made;
}

function draw(job) {
  let item = document.getElementById(`job-${job.id}`);
  if (!item) {
    item = document.createElement("li");
    item.id = `job-${job.id}`;
    list.prepend(item);
  }
  const focused = item.contains(document.activeElement) ? document.activeElement.textContent : null;
  const link = document.createElement("a");
  link.href = job.page;
  link.textContent = job.title;
  const buttons = document.createElement("span");
  if (!OVER.includes(job.state)) {
    if (job.state === "running") buttons.append(act("Pause", job, "pause"));
    if (job.state === "paused") buttons.append(act("Go on", job, "resume"));
    buttons.append(" ", act("Stop", job, "stop"));
  }
  const state = document.createElement("span");
  state.className = "state";
  state.textContent = says(job);
  item.replaceChildren(link, buttons);
  if (job.state === "running" || job.state === "paused") {
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = job.fraction;
    bar.setAttribute("aria-label", job.title);
    item.append(bar);
  }
  item.append(state);
  if (focused) [...item.querySelectorAll("button")].find((each) => each.textContent === focused)?.focus();
}

function show(job) {
  known.set(job.id, job);
  if (!panel.hidden) draw(job);
  const active = [...known.values()].filter((each) => !OVER.includes(each.state)).length;
  count.textContent = active ? String(active) : "";
  none.hidden = known.size > 0;
}

export function open(wanted) {
  panel.hidden = !wanted;
  button.setAttribute("aria-expanded", String(wanted));
  if (wanted) for (const job of known.values()) draw(job);
}

export async function watchJobs() {
  on("job", show);
  button.addEventListener("click", () => open(panel.hidden));
  document.addEventListener("again", fetchAll);
  await fetchAll();
}

async function fetchAll() {
  const response = await fetch("/api/jobs").catch(() => null);
  if (response?.ok) for (const job of (await response.json()).reverse()) show(job);
}

export const isOpen = () => !panel.hidden;
