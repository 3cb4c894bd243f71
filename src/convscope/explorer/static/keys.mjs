// The keyboard: arrows in grids (one stop of Tab for each grid), and keys that lead somewhere.
import { isOpen, open } from "./jobs.mjs";

const dialog = document.getElementById("keys");

function links(grid) {
  return [...grid.querySelectorAll("a.tile")];
}

function settle(grid) {
  const every = links(grid);
  const current = every.find((each) => each.tabIndex === 0 && each.dataset.current) ?? every[0];
  for (const each of every) each.tabIndex = each === current ? 0 : -1;
}

function walk(event) {
  const grid = event.target.closest?.("[data-roving]");
  if (!grid || !event.target.classList.contains("tile")) return false;
  const every = links(grid);
  const here = every.indexOf(event.target);
  const top = event.target.getBoundingClientRect().top;
  const across = Math.max(1, every.filter((each) => Math.abs(each.getBoundingClientRect().top - top) < 2).length);
  const ends = { Home: 0, End: every.length - 1 };
  const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -across, ArrowDown: across }[event.key];
  const place = event.key in ends ? ends[event.key] : here + (by ?? 0);
  if (by === undefined && !(event.key in ends)) return false;
  const next = every[Math.min(every.length - 1, Math.max(0, place))];
  for (const each of every) {
    each.tabIndex = each === next ? 0 : -1;
    delete each.dataset.current;
  }
  next.dataset.current = "yes";
  next.focus();
  return true;
}

function typing(target) {
  return target.matches?.("input, textarea, select, [contenteditable]");
}

export function settleGrids() {
  for (const grid of document.querySelectorAll("[data-roving]")) settle(grid);
}

export function watchKeys() {
  settleGrids();
  document.getElementById("keys-button").addEventListener("click", () => dialog.showModal());
  for (const close of dialog.querySelectorAll("[data-close]")) close.addEventListener("click", () => dialog.close());
  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || dialog.open) return;
    if (event.key === "Escape" && isOpen()) {
      open(false);
      document.getElementById("jobs-button").focus();
    } else if (typing(event.target)) {
      return;
    } else if (event.key === "?") {
      dialog.showModal();
    } else if (event.key === "/") {
      const search = document.getElementById("search") ?? document.getElementById("class");
      if (!search) return;
      search.focus();
    } else if (!walk(event)) {
      const link = document.querySelector(`a[data-key="${CSS.escape(event.key)}"]`);
      if (!link) return;
      location.href = link.href;
    }
    event.preventDefault();
  });
}
