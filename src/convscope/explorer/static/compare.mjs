// One mark for both pictures: at the same share of their height and width. What a comparison needs
// and does not have is asked for once.
import { on } from "./events.mjs";
import { latest } from "./jobs.mjs";
import { notice } from "./notices.mjs";
import { refresh, refreshed } from "./parts.mjs";
import { post } from "./server.mjs";

function bind() {
  const sides = document.getElementById("sides");
  const move = (event) => {
    const box = event.currentTarget.getBoundingClientRect();
    const top = (event.clientY - box.top) / box.height;
    const left = (event.clientX - box.left) / box.width;
    for (const mark of sides.querySelectorAll(".mark")) {
      mark.hidden = false;
      mark.style.top = `${100 * top}%`;
      mark.style.left = `${100 * left}%`;
    }
  };
  for (const each of sides.querySelectorAll(".linked")) {
    each.addEventListener("pointermove", move);
    each.addEventListener("pointerleave", () => {
      for (const mark of sides.querySelectorAll(".mark")) mark.hidden = true;
    });
  }
}

export function watchSides() {
  const box = document.getElementById("compared");
  if (!box) return;
  let asked = null;
  const ended = (job) => {
    if (job?.id !== asked || !["done", "stopped", "failed"].includes(job.state)) return;
    asked = null;
    if (job.state === "failed") notice("This could not be compared.", "", job.error);
    refresh("compared");
  };
  on("job", ended);
  refreshed(bind);
  bind();
  const { a, b, unasked } = box.dataset;
  if (unasked === undefined) return;
  post("/api/compare", { a, b }).then((made) => {
    const job = latest(made);
    if (!job) return;
    asked = job.id;
    ended(job);
  });
}
