// The page of a unit: what is asked about it, and its kernels, which take no ascent.
import { on } from "./events.mjs";
import { notice } from "./notices.mjs";
import { refresh, refreshed } from "./parts.mjs";
import { post } from "./server.mjs";

export function watchUnit() {
  const box = document.getElementById("asked");
  if (!box) return;
  const { unit } = box.dataset;
  const asked = new Set();

  async function ask(kind, button) {
    if (button) button.disabled = true;
    const job = await post(`/api/unit/${kind}`, { unit }, { quiet: !button });
    if (!job) {
      if (button) button.disabled = false;
    } else if (job.state === "done") refresh("asked");
    else asked.add(job.id);
  }

  function bind() {
    for (const button of document.querySelectorAll("[data-ask-unit]")) button.onclick = () => ask(button.dataset.askUnit, button);
  }

  on("job", (job) => {
    if (!asked.has(job.id) || !["done", "stopped", "failed"].includes(job.state)) return;
    asked.delete(job.id);
    if (job.state === "failed") notice("This could not be found out.", "", job.error);
    refresh("asked");
  });
  refreshed(bind);
  bind();
  if (box.hasAttribute("data-kernels")) ask("kernels");
}
