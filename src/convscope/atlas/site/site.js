// The pages of an atlas. All data comes from scripts beside this one, since a page that is opened
// from the disk may not read other files. Texts are set as texts, never as markup.
"use strict";

const MOST = 240; // units that a search shows
const layers = []; // as data/index.js gives them
const places = new Map(); // from an address to [layer, position]
const waiting = new Map(); // by layer, those who wait for its evidence
const known = new Map(); // by layer, the evidence of its units
const dialog = document.getElementById("unit");
const search = document.getElementById("search");
const order = document.getElementById("order");

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.startsWith("aria-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function number(value) {
  return value === null || value === undefined ? "" : String(Number(value.toPrecision(3)));
}

// What data/index.js calls.
function atlasIndex(found) {
  found.layers.forEach((layer, number_) => {
    layers.push(layer);
    layer.units.forEach((unit, position) => {
      places.set(unit[0], [number_, position]);
      if (!places.has(unit[1])) places.set(unit[1], [number_, position]);
    });
  });
  const navigation = document.getElementById("layers");
  layers.forEach((layer, number_) => {
    const link = make("a", { href: "#", textContent: layer.name });
    link.addEventListener("click", (event) => {
      event.preventDefault();
      search.value = "";
      show();
      document.getElementById(`layer-${number_}`).scrollIntoView();
    });
    navigation.append(link);
  });
  search.value = new URLSearchParams(location.search).get("find") ?? "";
  show();
  opened();
}

// What data/layer-N.js calls.
function atlasLayer(layer, units) {
  known.set(layer, units);
  for (const resolve of waiting.get(layer) ?? []) resolve();
  waiting.delete(layer);
}

function evidence(layer) {
  if (known.has(layer)) return Promise.resolve();
  return new Promise((resolve) => {
    if (!waiting.has(layer)) {
      waiting.set(layer, []);
      document.head.append(make("script", { src: `data/layer-${layer}.js` }));
    }
    waiting.get(layer).push(resolve);
  });
}

// A small picture of a unit that leads to its panel; `caption` stands below it.
function tile(layer, position, caption) {
  const { units, columns, height, width, sheet } = layers[layer];
  const [address, label] = units[position];
  const inside = position % sheet;
  const shown = make("span", { className: "shown" });
  const scale = 64 / Math.max(width, height);
  const rows = Math.ceil(Math.min(sheet, units.length - position + inside) / columns);
  shown.style.width = `${width * scale}px`;
  shown.style.height = `${height * scale}px`;
  shown.style.backgroundSize = `${columns * width * scale}px ${rows * height * scale}px`;
  shown.style.backgroundPosition =
    `${-(inside % columns) * width * scale}px ${-Math.floor(inside / columns) * height * scale}px`;
  shown.style.backgroundImage = `url("sprites/layer-${layer}-${Math.floor(position / sheet)}.jpg")`;
  return make(
    "a",
    { className: "tile", href: `#${encodeURIComponent(address)}`, title: label, "aria-label": label },
    shown,
    make("span", { className: "caption", textContent: caption }),
  );
}

function short(layer, position) {
  const [address, label] = layers[layer].units[position];
  return label === address ? address.slice(address.lastIndexOf(":")) : label.slice(label.indexOf(":") + 1);
}

function positions(layer) {
  const units = layers[layer].units;
  const every = units.map((_, position) => position);
  if (order.value === "similarity") return layers[layer].similar;
  if (order.value === "reach") every.sort((a, b) => (units[b][2] ?? -Infinity) - (units[a][2] ?? -Infinity));
  return every;
}

const filling = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      filling.unobserve(entry.target);
      fill(entry.target);
    }
  },
  { rootMargin: "800px" },
);

function fill(grid) {
  const layer = Number(grid.dataset.layer);
  grid.append(...positions(layer).map((position) => tile(layer, position, short(layer, position))));
  grid.style.minHeight = "";
}

// Show all layers, or what is searched for.
function show() {
  const wanted = search.value.trim().toLowerCase();
  const main = document.getElementById("main");
  filling.disconnect();
  main.replaceChildren();
  if (wanted) {
    const found = [];
    layers.forEach((layer, number_) =>
      layer.units.forEach((unit, position) => {
        if (unit[1].toLowerCase().includes(wanted) || unit[0].toLowerCase().includes(wanted)) found.push([number_, position]);
      }),
    );
    const more = found.length > MOST ? `, of which the first ${MOST} are shown` : "";
    const grid = make("div", { className: "grid found" }, ...found.slice(0, MOST).map(([layer, position]) => tile(layer, position, layers[layer].units[position][1])));
    main.append(
      make("section", {}, make("h2", { textContent: `Found: ${found.length}${more}` }), make("p", { textContent: found.length ? "" : "No unit of this atlas has this in its address or label." }), grid),
    );
    return;
  }
  layers.forEach((layer, number_) => {
    const grid = make("div", { className: "grid" });
    grid.dataset.layer = number_;
    const across = Math.max(1, Math.floor((main.clientWidth + 5) / 69));
    grid.style.minHeight = `${Math.ceil(layer.units.length / across) * 84}px`;
    main.append(
      make("section", { id: `layer-${number_}` }, make("h2", { textContent: layer.name }), make("p", { textContent: layer.caption }), grid),
    );
    filling.observe(grid);
  });
}

function facts(found) {
  const list = make("dl");
  for (const [name, value] of found) {
    if (value) list.append(make("dt", { textContent: name }), make("dd", { textContent: value }));
  }
  return list;
}

// The layer of an address, and what comes after it.
function parted(address) {
  const end = address.lastIndexOf(":");
  return end < 0 ? ["", address] : [address.slice(0, end), address.slice(end)];
}

function named(title, remark, some, className) {
  if (!some || !some.length) return null;
  const from = [...new Set(some.map(([address]) => parted(address)[0]))];
  const tiles = some.map(([address, value]) => {
    const found = places.get(address);
    const caption = `${found ? short(...found) : parted(address)[1]}`;
    const made = found ? tile(...found, caption) : make("span", { className: "tile plain", textContent: caption, title: address });
    made.append(make("span", { className: "caption", textContent: number(value) }));
    return made;
  });
  const heading = make("h4", { textContent: `${title} ${from.join(", ")} ` }, make("small", { textContent: remark }));
  return make("div", { className }, heading, make("div", { className: "row" }, ...tiles));
}

function history(scores) {
  if (!scores || scores.length < 2) return null;
  const space = "http://www.w3.org/2000/svg";
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const points = scores.map((score, step) => `${((step / (scores.length - 1)) * 300).toFixed(1)} ${(76 - ((score - low) / (high - low || 1)) * 72).toFixed(1)}`);
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 300 80");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `The score rises from ${number(scores[0])} to ${number(scores.at(-1))}`);
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", `M${points.join("L")}`);
  svg.append(path);
  return make("div", {}, make("h4", { textContent: "Score at each step " }, make("small", { textContent: `${number(low)} to ${number(high)}` })), svg);
}

function step(layer, position, by) {
  const way = positions(layer);
  return way[way.indexOf(position) + by];
}

function go(layer, position) {
  location.replace(`#${encodeURIComponent(layers[layer].units[position][0])}`);
}

function button(text, says, target, layer) {
  const made = make("button", { type: "button", textContent: text, title: says, "aria-label": says, disabled: target === undefined });
  made.addEventListener("click", () => go(layer, target));
  return made;
}

async function panel(layer, position) {
  await evidence(layer);
  if (place() === null || place()[0] !== layer || place()[1] !== position) return; // somebody was quicker
  const [, label] = layers[layer].units[position];
  const { key, facts: told, note, inputs, outputs, nearest, alike, history: scores, more, why } = known.get(layer)[position];
  const close = make("button", { type: "button", textContent: "\u00d7", title: "Close (Esc)", "aria-label": "Close" });
  close.addEventListener("click", () => dialog.close());
  const pictures = more.map(([caption, other]) =>
    make("figure", {}, make("img", { src: `pictures/${other}.webp`, alt: `${label}, ${caption}`, loading: "lazy" }), make("figcaption", { textContent: caption })),
  );
  const left = make(
    "div",
    {},
    make("img", { className: "large", src: `pictures/${key}.webp`, alt: `What ${label} looks for` }),
    note ? make("p", { className: "note", textContent: note }) : null,
    pictures.length ? make("h4", { textContent: "More pictures" }) : null,
    make("div", { className: "row" }, ...pictures),
    history(scores),
  );
  const right = make(
    "div",
    {},
    facts(told),
    named("Excited by", inputs?.measure ?? "", inputs?.exciting, "exciting"),
    named("Inhibited by", "", inputs?.inhibiting, "inhibiting"),
    named("Excites", outputs?.measure ?? "", outputs?.exciting, "exciting"),
    named("Inhibits", "", outputs?.inhibiting, "inhibiting"),
    named("Nearest by weights in", "cosine of the kernels", nearest, "nearest"),
    named("Nearest by responses in", "correlation over natural pictures", alike, "nearest"),
    ...Object.entries(why).map(([name, reason]) => make("p", { className: "more", textContent: `No ${name}: ${reason}` })),
  );
  const top = make(
    "div",
    { className: "top" },
    make("h3", { id: "name", textContent: label }),
    button("\u2190", "The one before (left arrow)", step(layer, position, -1), layer),
    button("\u2192", "The next one (right arrow)", step(layer, position, 1), layer),
    close,
  );
  dialog.replaceChildren(make("div", { className: "panel" }, top, make("div", { className: "sides" }, left, right)));
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  close.focus({ preventScroll: true });
}

function place() {
  let address;
  try {
    address = decodeURIComponent(location.hash.slice(1));
  } catch {
    return null; // no address was ever written so
  }
  return places.get(address) ?? null;
}

function opened() {
  const found = place();
  if (found) panel(...found);
  else if (dialog.open) dialog.close();
}

dialog.addEventListener("close", () => {
  // The address without its unit; the page stays where it is.
  if (location.hash) window.history.replaceState(null, "", location.pathname + location.search);
});
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close(); // beside the panel
});
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  if (dialog.open && (event.key === "ArrowLeft" || event.key === "ArrowRight")) {
    const found = place();
    const next = found && step(...found, event.key === "ArrowRight" ? 1 : -1);
    if (next !== undefined && next !== null) go(found[0], next);
    event.preventDefault();
  } else if (!dialog.open && event.key === "/" && document.activeElement !== search) {
    search.focus();
    event.preventDefault();
  } else if (!dialog.open && event.key.startsWith("Arrow") && document.activeElement?.classList.contains("tile")) {
    walk(event.key);
    event.preventDefault();
  }
});

// Move the focus among the small pictures as they lie on the page.
function walk(key) {
  const every = [...document.querySelectorAll("main .tile")];
  const here = every.indexOf(document.activeElement);
  const top = every[here].offsetTop;
  const across = every.filter((each) => each.offsetTop === top && each.parentElement === every[here].parentElement).length;
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across }[key];
  every[Math.min(every.length - 1, Math.max(0, here + by))].focus();
}

window.addEventListener("hashchange", opened);
order.addEventListener("change", show);
search.addEventListener("input", show);
