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

// What one job is shown by. It is made once: a button that is replaced loses a click in progress.
function row(job) {
  const item = document.createElement("li");
  item.id = `job-${job.id}`;
  const link = document.createElement("a");
  link.href = job.page;
  link.textContent = job.title;
  const act = (text, action) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.setAttribute("aria-label", `${text}: ${job.title}`);
    made.addEventListener("click", () => post(`/api/jobs/${job.id}/${action}`));
    return made;
  };
  const buttons = document.createElement("span");
  buttons.append(act("Pause", "pause"), act("Go on", "resume"), " ", act("Stop", "stop"));
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.setAttribute("aria-label", job.title);
  const state = document.createElement("span");
  state.className = "state";
  item.append(link, buttons, bar, state);
  list.prepend(item);
  return item;
}

function draw(job) {
  const item = document.getElementById(`job-${job.id}`) ?? row(job);
  const [pause, resume, stop] = item.querySelectorAll("button");
  const bar = item.querySelector("progress");
  const here = item.contains(document.activeElement);
  pause.hidden = job.state !== "running";
  resume.hidden = job.state !== "paused";
  stop.hidden = OVER.includes(job.state);
  bar.hidden = pause.hidden && resume.hidden;
  bar.value = job.fraction;
  item.querySelector(".state").textContent = says(job);
  // The button that had the focus may have gone: the one in its place has it now.
  if (here && document.activeElement.hidden) [resume, pause].find((each) => !each.hidden)?.focus();
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
  if (!response?.ok) return;
  // An event may have come before this answer, which is older: what is over stays over.
  const over = (job) => OVER.includes(known.get(job.id)?.state);
  for (const job of (await response.json()).reverse()) if (!over(job)) show(job);
}

export const isOpen = () => !panel.hidden;
