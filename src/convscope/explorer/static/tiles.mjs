// Pictures that are not made yet are made when they are seen, those on the screen first.
import { on } from "./events.mjs";
import { latest } from "./jobs.mjs";
import { refresh } from "./parts.mjs";
import { post } from "./server.mjs";

const TOGETHER = 16;
// Milliseconds that the page must stand still; for the picture that a page is about, none.
const WAIT = document.querySelector("[data-large]") ? 0 : 250;
const seen = new Set(); // addresses on the screen that have no picture
let busy = null; // the job that makes some of them
let timer = 0;

function missing(unit) {
  return [...document.querySelectorAll("[data-missing]")].filter((each) => each.dataset.unit === unit);
}

const watching = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) seen.add(target.dataset.unit);
    else seen.delete(target.dataset.unit);
  }
  soon();
});

function soon() {
  clearTimeout(timer);
  timer = setTimeout(next, WAIT);
}

async function next() {
  const units = [...seen].slice(0, TOGETHER);
  if (busy || !units.length || document.hidden) return;
  busy = "asked";
  for (const unit of units) for (const tile of missing(unit)) tile.classList.add("working");
  const job = latest(await post("/api/units", { units }, { quiet: true }));
  if (job && !["done", "stopped", "failed"].includes(job.state)) busy = job.id;
  else {
    busy = null;
    if (job?.state === "done") soon();
    else setTimeout(soon, 3000); // the queue is full, or the server is away
  }
}

// What a picture looks like so far.
function sketch({ unit, key, step, total }) {
  for (const tile of missing(unit)) {
    const place = tile.matches(".empty") ? tile : tile.querySelector(".empty");
    let drawn = place.querySelector("img");
    if (!drawn) {
      drawn = document.createElement("img");
      drawn.alt = "";
      const at = document.createElement("span");
      at.className = "step";
      place.replaceChildren(drawn, at);
      place.classList.add("sketch");
    }
    drawn.src = `/api/sketches/${key}.webp?step=${step}`;
    place.querySelector(".step").textContent = `step ${step} of ${total}`;
  }
}

export function fill({ unit, key, further }) {
  const own = document.querySelector("[data-more]")?.dataset.more; // of a unit's page
  if (unit === `-${own}` || `-${unit}` === own || (further && unit === own)) refresh("more");
  if (further) return; // tiles show the first seed
  seen.delete(unit);
  for (const tile of missing(unit)) {
    watching.unobserve(tile);
    const picture = document.createElement("img");
    picture.src = `/api/pictures/${key}.webp`;
    picture.alt = "";
    picture.width = picture.height = 64;
    if (tile.hasAttribute("data-large")) {
      location.reload(); // everything else on this page has come with it
      return;
    }
    tile.querySelector(".empty").replaceWith(picture);
    tile.removeAttribute("data-missing");
    tile.classList.remove("working");
    tile.setAttribute("aria-label", tile.getAttribute("aria-label").replace(", not made yet", ""));
  }
}

export function observeTiles() {
  for (const tile of document.querySelectorAll("[data-missing]")) watching.observe(tile);
}

export function watchTiles() {
  observeTiles();
  on("sketch", sketch);
  on("unit", fill);
  on("job", (job) => {
    if (job.id === busy && ["done", "stopped", "failed"].includes(job.state)) {
      busy = null;
      if (job.state === "done") soon();
    }
  });
  document.addEventListener("visibilitychange", soon);
}
