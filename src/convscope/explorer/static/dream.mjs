// An ascent as it runs: frames as they come, numbers under one cursor, and a player.
import { dream } from "./actions.mjs";
import { on } from "./events.mjs";
import { says } from "./jobs.mjs";
import { notice } from "./notices.mjs";
import { post } from "./server.mjs";

const WIDE = 320;
const TALL = 96;
const TURNS = 8; // classes on the way that are named
const part = (name) => document.getElementById(name);
const made = (name, attributes, text) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
};

export async function watchDream() {
  const box = part("ascent");
  if (!box) return;
  const { name } = box.dataset;
  const image = part("frame");
  const bar = part("step");
  let told = null; // what the server says of the ascent
  let rows = [];
  let last = Number(bar.max);
  let at = Number(box.dataset.step);
  let clock = 0;

  const address = (step) => `/api/dreams/${name}/frames/${step}.webp`;

  function show(step) {
    at = Math.max(0, Math.min(last, step));
    image.src = address(at);
    image.alt = `The picture after step ${at}`;
    image.hidden = false;
    part("before")?.remove();
    bar.value = at;
    bar.setAttribute("aria-valuetext", `step ${at} of ${last}`);
    part("at").textContent = at;
    numbers();
  }

  function numbers() {
    const row = rows[at];
    for (const mark of document.querySelectorAll(".cursor")) {
      const x = last ? ((at / last) * WIDE).toFixed(1) : 0;
      mark.setAttribute("x1", x);
      mark.setAttribute("x2", x);
    }
    if (!row) return;
    part("top").replaceChildren(
      ...row.top.map(([label, share]) => {
        const item = document.createElement("li");
        const bar = document.createElement("meter");
        bar.max = 1;
        bar.value = share;
        bar.setAttribute("aria-hidden", "true");
        const word = document.createElement("span");
        word.textContent = label;
        const number = document.createElement("span");
        number.textContent = `${(100 * share).toFixed(1)} %`;
        item.append(word, bar, number);
        return item;
      }),
    );
    const line = (key, value) => {
      const tr = document.createElement("tr");
      const th = document.createElement("th");
      th.scope = "row";
      th.textContent = key;
      const td = document.createElement("td");
      td.textContent = String(Number(value.toPrecision(4)));
      tr.append(th, td);
      return tr;
    };
    part("table").tBodies[0].replaceChildren(line("score", row.score), ...told.layers.map((layer, i) => line(layer, row.layers[i])));
  }

  function path(values, low, high) {
    const room = high - low || 1;
    return `M${values.map((value, i) => `${((i / Math.max(1, last)) * WIDE).toFixed(1)} ${(TALL - 4 - ((value - low) / room) * (TALL - 8)).toFixed(1)}`).join("L")}`;
  }

  function draw() {
    const scores = rows.map((row) => row.score);
    const low = Math.min(...scores);
    const high = Math.max(...scores);
    const short = (value) => String(Number(value.toPrecision(3)));
    const cursor = () => made("line", { class: "mark cursor", x1: 0, x2: 0, y1: 0, y2: TALL });
    if (rows.length > 1) {
      part("score").replaceChildren(
        made("path", { class: "line", d: path(scores, low, high) }),
        cursor(),
        made("text", { class: "axis", x: 0, y: 110 }, `step 0: ${short(scores[0])}`),
        made("text", { class: "axis end", x: WIDE, y: 110 }, `step ${rows.length - 1}: ${short(scores.at(-1))}`),
      );
      part("score").setAttribute("aria-label", `The score goes from ${short(scores[0])} to ${short(scores.at(-1))} in ${rows.length - 1} steps`);
      part("responses").replaceChildren(
        ...told.layers.map((_, layer) => {
          const values = rows.map((row) => row.layers[layer]);
          return made("path", { class: `line layer-${layer}`, d: path(values, 0, Math.max(...values)) });
        }),
        cursor(),
        made("text", { class: "axis", x: 0, y: 110 }, "step 0"),
        made("text", { class: "axis end", x: WIDE, y: 110 }, `step ${rows.length - 1}`),
      );
    }
    way();
    numbers();
  }

  // The classes that were likeliest one after another, each with its first step.
  function way() {
    const best = rows.map((row) => row.top[0]?.[0]);
    const turns = best.flatMap((label, step) => (label && label !== best[step - 1] ? [`${label} (step ${step})`] : []));
    const more = turns.length > TURNS ? ` and ${turns.length - TURNS} more` : "";
    part("way").textContent = turns.length ? `Likeliest on the way: ${turns.slice(0, TURNS).join(", ")}${more}.` : "";
  }

  function grow(count) {
    if (count - 1 <= last && !image.hidden) return;
    last = Math.max(last, count - 1);
    bar.max = last;
    if (part("follow").checked && !clock) show(last);
  }

  function state() {
    const over = !told.job;
    part("running").hidden = over;
    part("over").hidden = !over;
    part("saving").hidden = !over || last < 1;
    part("redo").hidden = told.state !== "interrupted";
    part("pause").textContent = told.state === "paused" ? "Go on" : "Pause";
    const words = { done: `${last} steps.`, stopped: `Stopped after ${last} steps.`, failed: `It ended with an error after ${last} steps; the last picture is kept.`, interrupted: `Interrupted after ${last} steps.` };
    part("state").textContent = words[told.state] ?? part("state").textContent;
  }

  async function fetchAll() {
    const response = await fetch(`/api/dreams/${name}`).catch(() => null);
    if (response?.status === 404) return void setTimeout(fetchAll, 500); // it still waits
    if (!response?.ok) return;
    told = await response.json();
    rows = told.rows.length >= rows.length ? told.rows : rows;
    part("legend").replaceChildren(
      ...told.layers.map((layer, i) => {
        const item = document.createElement("li");
        item.className = `layer-${i}`;
        item.textContent = layer;
        return item;
      }),
    );
    if (told.count) grow(told.count);
    draw();
    state();
  }

  function stop() {
    clearInterval(clock);
    clock = 0;
    part("play").textContent = "Play";
    part("play").setAttribute("aria-pressed", "false");
  }

  part("play").addEventListener("click", () => {
    if (clock) return stop();
    part("follow").checked = false;
    if (at >= last) show(0);
    clock = setInterval(() => (at >= last ? stop() : show(at + 1)), 1000 / Number(part("speed").value));
    part("play").textContent = "Hold";
    part("play").setAttribute("aria-pressed", "true");
  });
  part("speed").addEventListener("change", stop);
  const away = (step) => {
    stop();
    part("follow").checked = false;
    show(step);
    window.history.replaceState(null, "", `?step=${at}`); // what a person chose is in the address
  };
  part("back").addEventListener("click", () => away(at - 1));
  part("forth").addEventListener("click", () => away(at + 1));
  bar.addEventListener("input", () => away(Number(bar.value)));
  part("follow").addEventListener("change", () => part("follow").checked && show(last));
  part("pause").addEventListener("click", () => post(`/api/jobs/${told.job}/${told.state === "paused" ? "resume" : "pause"}`));
  part("stop").addEventListener("click", () => post(`/api/jobs/${told.job}/stop`));
  const { unit } = box.dataset;
  part("further").addEventListener("click", () => dream(unit, { ...told.request, start: `dream/${name}/${at}` }));
  part("other").addEventListener("click", () => dream(unit, { ...told.request, seed: told.request.seed + 1 }));
  part("redo").addEventListener("click", () => dream(unit, told.request));
  part("save").addEventListener("click", async () => {
    part("save").disabled = true;
    part("saved").hidden = true;
    const job = await post(`/api/dreams/${name}/film`, { suffix: part("format").value });
    part("save").dataset.job = job?.id ?? "";
    if (!job) part("save").disabled = false;
  });

  on("frame", (event) => event.dream === name && grow(event.step + 1));
  on("numbers", (event) => {
    if (event.dream !== name || !told) return;
    if (event.first > rows.length) return void fetchAll(); // some were missed
    rows.splice(event.first, event.rows.length, ...event.rows);
    draw();
  });
  on("ended", (event) => event.dream === name && setTimeout(fetchAll, 200));
  on("job", (job) => {
    if (job.id === part("save").dataset.job && ["done", "failed"].includes(job.state)) {
      part("save").disabled = false;
      if (job.state === "failed") return void notice("The film could not be saved.", "", job.error);
      part("saved").href = job.result.file;
      part("saved").textContent = `Download ${part("format").value}`;
      part("saved").hidden = false;
      part("saved").focus();
    }
    if (job.page !== `/dream/${name}` || job.kind !== "dream") return;
    if (told && !told.job && !["done", "stopped", "failed"].includes(job.state)) fetchAll();
    if (told) {
      told.state = job.state;
      part("pause").textContent = job.state === "paused" ? "Go on" : "Pause";
    }
    part("state").textContent = `Step ${last} of ${told?.total ?? "?"}: ${says(job)}`;
  });
  document.addEventListener("again", fetchAll);
  await fetchAll();
}
