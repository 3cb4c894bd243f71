// The page of a map. All data comes from a script beside this one, since a page that is opened from
// the disk may not read other files. Texts are set as texts, never as markup.
"use strict";

const LARGEST = 12; // how far the map can be enlarged
const CROWDED = 44; // pixels of a cell; where cells are larger, the next level is shown
const CAPTIONED = 72; // pixels of a cell from which on it has a caption
const map = document.getElementById("map");
const world = document.getElementById("world");
const choice = document.getElementById("level");
const panel = document.getElementById("cell");
const view = { scale: 1, left: 0, top: 0 }; // of the world, in sides of the map
const pointers = new Map();
let levels = [];
let shown = -1; // the level whose cells are in the world
let chosen = null; // [level, position]
let moved = 0; // pixels since the pointer went down

function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  Object.assign(element, properties);
  element.append(...children);
  return element;
}

// What data/map.js calls.
function showMap(found) {
  levels = found.levels;
  choice.append(make("option", { value: "", textContent: "by zoom" }));
  levels.forEach((level, number) => {
    choice.append(make("option", { value: String(number), textContent: `${level.side} x ${level.side}` }));
  });
  const [level, position] = location.hash.slice(1).split("-").map(Number);
  const known = Boolean(levels[level]?.cells[position]);
  if (known && level) choice.value = String(level);
  draw();
  if (known) choose(level, position);
}

// Shows a cell's picture, which is a part of its level's sheet, as the background of an element.
function paint(element, level, position) {
  const { sheet, columns, rows } = levels[level];
  const column = position % columns;
  const row = Math.floor(position / columns);
  element.style.backgroundImage = `url("${sheet}")`;
  element.style.backgroundSize = `${100 * columns}% ${100 * rows}%`;
  const across = columns > 1 ? (100 * column) / (columns - 1) : 0;
  const down = rows > 1 ? (100 * row) / (rows - 1) : 0;
  element.style.backgroundPosition = `${across}% ${down}%`;
}

function current() {
  if (choice.value !== "") return Number(choice.value);
  const pixels = map.clientWidth * view.scale;
  let best = 0;
  levels.forEach((level, number) => {
    const whole = pixels / level.side >= CROWDED;
    if (whole && view.scale > 1.5 && level.cells.length && level.side > levels[best].side) best = number;
  });
  return best;
}

function draw() {
  if (!levels.length) return;
  const pixels = map.clientWidth;
  const least = 1 - view.scale;
  view.left = Math.min(0, Math.max(least, view.left));
  view.top = Math.min(0, Math.max(least, view.top));
  world.style.width = world.style.height = `${pixels * view.scale}px`;
  world.style.left = `${pixels * view.left}px`;
  world.style.top = `${pixels * view.top}px`;
  const level = current();
  if (level !== shown) fill(level);
  const captioned = (pixels * view.scale) / levels[level].side >= CAPTIONED;
  for (const caption of world.querySelectorAll(".caption")) caption.hidden = !captioned;
}

function fill(level) {
  shown = level;
  const { side, cells } = levels[level];
  world.replaceChildren(
    ...cells.map(([row, column, , effects], position) => {
      const picture = make("span", { className: "shown" });
      paint(picture, level, position);
      const tile = make("div", { className: "tile" }, picture);
      if (effects.length) tile.append(make("span", { className: "caption", textContent: effects[0][0] }));
      tile.style.left = `${(100 * column) / side}%`;
      tile.style.top = `${(100 * row) / side}%`;
      tile.style.width = tile.style.height = `${100 / side}%`;
      tile.addEventListener("click", () => {
        if (moved < 6) choose(level, position);
      });
      return tile;
    }),
  );
  mark();
}

function mark() {
  const position = chosen && chosen[0] === shown ? chosen[1] : -1;
  [...world.children].forEach((tile, place) => tile.classList.toggle("chosen", place === position));
}

function choose(level, position) {
  chosen = [level, position];
  const { side, cells } = levels[level];
  const [row, column, count, effects, photos] = cells[position];
  const large = make("div", { className: "large" });
  paint(large, level, position);
  const parts = [
    large,
    make("h2", { textContent: `Row ${row + 1}, column ${column + 1} of ${side} x ${side}` }),
    make("p", { textContent: `${count} ${count === 1 ? "response" : "responses"}` }),
  ];
  if (effects.length) {
    parts.push(make("h2", { textContent: "Speaks for" }), make("dl", {},
      ...effects.flatMap(([label, effect]) => [
        make("dt", { textContent: label }), make("dd", { textContent: `+${effect}` }),
      ])));
  }
  parts.push(make("h2", { textContent: "Photos near its middle" }),
    make("ul", {}, ...photos.map((name) => make("li", { textContent: name }))));
  panel.replaceChildren(...parts);
  history.replaceState(null, "", `#${level}-${position}`);
  mark();
}

// Enlarges around a point of the map, given in sides of the map.
function zoom(factor, x = 0.5, y = 0.5) {
  const scale = Math.min(LARGEST, Math.max(1, view.scale * factor));
  view.left = x - ((x - view.left) * scale) / view.scale;
  view.top = y - ((y - view.top) * scale) / view.scale;
  view.scale = scale;
  draw();
}

function whole() {
  Object.assign(view, { scale: 1, left: 0, top: 0 });
  draw();
}

// Goes to the nearest cell in a direction, and brings it into view.
function step(across, down) {
  const { side, cells } = levels[shown];
  const middle = [((0.5 - view.top) / view.scale) * side, ((0.5 - view.left) / view.scale) * side];
  const from = chosen && chosen[0] === shown ? cells[chosen[1]].slice(0, 2) : middle;
  let best = -1;
  let least = Infinity;
  cells.forEach(([row, column], position) => {
    const ahead = (column - from[1]) * across + (row - from[0]) * down;
    const aside = Math.abs((column - from[1]) * down) + Math.abs((row - from[0]) * across);
    if (ahead > 0.4 && ahead + 2 * aside < least) [best, least] = [position, ahead + 2 * aside];
  });
  if (best < 0) return;
  choose(shown, best);
  const [row, column] = cells[best];
  const margin = view.scale / side;
  const x = view.left + ((column + 0.5) * view.scale) / side;
  const y = view.top + ((row + 0.5) * view.scale) / side;
  view.left += Math.max(0, margin - x) - Math.max(0, x - 1 + margin);
  view.top += Math.max(0, margin - y) - Math.max(0, y - 1 + margin);
  draw();
}

const KEYS = {
  ArrowLeft: () => step(-1, 0),
  ArrowRight: () => step(1, 0),
  ArrowUp: () => step(0, -1),
  ArrowDown: () => step(0, 1),
  "+": () => zoom(1.4),
  "=": () => zoom(1.4),
  "-": () => zoom(1 / 1.4),
  0: whole,
};

map.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

function at(event) {
  const box = map.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

map.addEventListener("wheel", (event) => {
  event.preventDefault();
  zoom(Math.exp(-event.deltaY / (event.deltaMode ? 20 : 400)), ...at(event));
}, { passive: false });

map.addEventListener("pointerdown", (event) => {
  if (!pointers.size) moved = 0;
  pointers.set(event.pointerId, at(event));
});

window.addEventListener("pointermove", (event) => {
  if (!pointers.has(event.pointerId)) return;
  const before = [...pointers.values()];
  const [x, y] = at(event);
  const [fromX, fromY] = pointers.get(event.pointerId);
  pointers.set(event.pointerId, [x, y]);
  moved += map.clientWidth * Math.hypot(x - fromX, y - fromY);
  if (moved >= 6) map.classList.add("moving");
  view.left += (x - fromX) / pointers.size;
  view.top += (y - fromY) / pointers.size;
  if (pointers.size === 2) {
    const after = [...pointers.values()];
    const apart = (two) => Math.hypot(two[0][0] - two[1][0], two[0][1] - two[1][1]);
    zoom(apart(after) / Math.max(0.01, apart(before)), (after[0][0] + after[1][0]) / 2, (after[0][1] + after[1][1]) / 2);
  } else draw();
});

for (const ending of ["pointerup", "pointercancel"]) {
  window.addEventListener(ending, (event) => {
    pointers.delete(event.pointerId);
    if (!pointers.size) map.classList.remove("moving");
  });
}

document.getElementById("in").addEventListener("click", () => zoom(1.4));
document.getElementById("out").addEventListener("click", () => zoom(1 / 1.4));
document.getElementById("all").addEventListener("click", whole);
choice.addEventListener("change", draw);
window.addEventListener("resize", draw);
