// Buttons: make more pictures, a whole layer, watch an ascent; copy a command; find.
import { notice } from "./notices.mjs";
import { post } from "./server.mjs";

function each(selector, name, act) {
  for (const element of document.querySelectorAll(selector)) element.addEventListener(name, (event) => act(element, event));
}

async function once(button, address, body) {
  button.disabled = true;
  const job = await post(address, body);
  if (!job) button.disabled = false;
  return job;
}

export async function dream(what, more = {}) {
  const job = await post("/api/dreams", { what, ...more });
  if (job) location.href = job.page;
}

export function watchActions() {
  each("[data-more]", "click", (button) => once(button, "/api/units", { units: [button.dataset.more], evidence: ["opposite", "seeds"] }));
  each("[data-layer]", "click", (button) => once(button, "/api/layers", { layer: button.dataset.layer }));
  each("[data-dream]", "click", (button) => dream(button.dataset.dream));
  each("[data-copy]", "click", async (button) => {
    const text = button.parentElement.querySelector("code").textContent;
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(button.parentElement.querySelector("code"));
      notice("The browser does not let pages copy.", "The text is selected: press Ctrl+C.");
    }
  });
  each("#search", "change", (field) => {
    const address = new URL(location.href);
    if (field.value.trim()) address.searchParams.set("q", field.value.trim());
    else address.searchParams.delete("q");
    location.href = address;
  });
  const choice = document.getElementById("class");
  const go = () => {
    const wanted = (choice.value.trim() || choice.placeholder).toLowerCase();
    const found = [...document.querySelectorAll("#classes option")].find((one) => one.value.toLowerCase() === wanted);
    if (found) dream(found.dataset.unit);
    else notice("No class has this name.", "Choose one of the list.");
  };
  document.getElementById("dream")?.addEventListener("click", go);
  choice?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") go();
  });
}
