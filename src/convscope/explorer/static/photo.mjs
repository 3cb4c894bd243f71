// The page of a photo: what is missing is asked for; a place that is chosen is looked at.
import { dream } from "./actions.mjs";
import { on } from "./events.mjs";
import { latest } from "./jobs.mjs";
import { notice } from "./notices.mjs";
import { refresh, refreshed } from "./parts.mjs";
import { post } from "./server.mjs";

const part = (name) => document.getElementById(name);
const OVER = ["done", "stopped", "failed"];

// The page of a layer in the order of a photo's responses, which are asked for once.
export function watchResponses() {
  const box = part("units");
  if (!box?.dataset.unasked) return;
  let job = null;
  on("job", (each) => {
    if (each.id === job && OVER.includes(each.state)) refresh("units");
  });
  post(`/api/photos/${box.dataset.unasked}/channels`, { layer: box.dataset.of }).then((made) => {
    if (made?.state === "done") refresh("units");
    else job = made?.id;
  });
}

export function watchPhoto() {
  if (!part("seen")) return;
  const { photo, target } = part("seen").dataset;
  const asked = new Map(); // jobs that this page waits for, and what to do then
  let at = null;

  async function ask(kind, body, then) {
    const job = latest(await post(`/api/photos/${photo}/${kind}`, body));
    if (!job) return;
    asked.set(job.id, then);
    ended(job);
  }

  const queue = []; // one map after another, so that other work has its turn
  function nextMap() {
    const method = queue.shift();
    if (!method) return;
    ask("maps", { method, ...(target ? { target } : {}) }, async () => {
      await refresh("why");
      nextMap();
    });
  }

  function start() {
    if (part("seen").dataset.ask) return void ask("layers", {}, async () => {
      await refresh("seen", "why", "rows");
      start();
    });
    queue.push(...[...document.querySelectorAll("[data-wanted]")].map((each) => each.dataset.method));
    nextMap();
  }

  function move(row, column) {
    const { height, width } = part("place").dataset;
    if (!height) return;
    at = [Math.max(0, Math.min(height - 1, row)), Math.max(0, Math.min(width - 1, column))];
    const mark = part("mark");
    mark.hidden = false;
    mark.style.top = `${(100 * (at[0] + 0.5)) / height}%`;
    mark.style.left = `${(100 * (at[1] + 0.5)) / width}%`;
  }

  function look() {
    if (!at) return;
    part("firing").textContent = "Looking.";
    ask("place", { at }, show);
  }

  function show(found) {
    const title = document.createElement("h2");
    title.textContent = `Units that fire at row ${found.at[0]}, column ${found.at[1]}`;
    const says = document.createElement("p");
    says.textContent = found.natural ? `The most unusual first: how many deviations above their mean over ${found.natural.toLocaleString("en")} natural pictures.` : "The most unusual first: how many deviations above their mean over this photo.";
    const rows = found.rows.map((row) => {
      const line = document.createElement("p");
      const layer = document.createElement("strong");
      layer.textContent = `${row.layer} `;
      line.append(layer, `(${row.firing} of ${row.total} fire): `);
      row.units.forEach(([unit, unusual], place) => {
        const link = document.createElement("a");
        link.href = `/unit/${encodeURIComponent(unit)}`;
        link.textContent = unit.slice(unit.lastIndexOf(":"));
        line.append(place ? ", " : "", link, ` ${unusual}`);
      });
      if (!row.units.length) line.append("none");
      return line;
    });
    part("firing").replaceChildren(title, says, ...rows);
  }

  function opacity() {
    const share = part("opacity").value / 100;
    for (const map of document.querySelectorAll(".over")) map.style.opacity = share;
  }

  function bind() {
    part("place").onclick = (event) => {
      const box = event.currentTarget.querySelector("img").getBoundingClientRect();
      const { height, width } = part("place").dataset;
      move(Math.floor(((event.clientY - box.top) / box.height) * height), Math.floor(((event.clientX - box.left) / box.width) * width));
      look();
    };
    part("place").onkeydown = (event) => {
      const { height, width } = part("place").dataset;
      const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
      if (by && height) {
        const stride = Math.max(1, Math.round(height / 32));
        const [row, column] = at ?? [Math.floor(height / 2), Math.floor(width / 2)];
        move(row + by[0] * stride, column + by[1] * stride);
      } else if (event.key === "Enter") look();
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    if (at) move(...at);
    part("opacity").oninput = opacity;
    opacity();
    for (const button of document.querySelectorAll("[data-inversion]")) {
      button.onclick = () => {
        button.disabled = true;
        button.textContent = "Being made";
        ask("inversion", { layer: button.dataset.inversion }, () => refresh("rows"));
      };
    }
    const change = part("change");
    if (change) {
      change.onclick = () => {
        const field = part("wish");
        const wanted = (field.value.trim() || field.placeholder).toLowerCase();
        const found = [...document.querySelectorAll("#wishes option")].find((one) => one.value.toLowerCase() === wanted);
        if (found) dream(found.dataset.unit, { start: photo, steps: 128 });
        else notice("No class has this name.", "Choose one of the list.");
      };
    }
  }

  function ended(job) {
    const then = asked.get(job.id);
    if (!then || !OVER.includes(job.state)) return;
    asked.delete(job.id);
    if (job.state === "done") then(job.result);
    else if (job.state === "failed") {
      notice("This could not be computed.", "", job.error);
      nextMap();
    }
  }

  on("job", ended);
  refreshed(bind);
  bind();
  start();
}
