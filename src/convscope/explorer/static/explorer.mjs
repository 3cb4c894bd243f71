// Every page begins here.
import { watchActions } from "./actions.mjs";
import { watchSides } from "./compare.mjs";
import { watchDream } from "./dream.mjs";
import { on } from "./events.mjs";
import { watchJobs } from "./jobs.mjs";
import { settleGrids, watchKeys } from "./keys.mjs";
import { refreshed } from "./parts.mjs";
import { watchPhoto, watchResponses } from "./photo.mjs";
import { watchPhotos } from "./photos.mjs";
import { observeTiles, watchTiles } from "./tiles.mjs";
import { watchUnit } from "./unit.mjs";

watchKeys();
watchActions();
watchTiles();
watchJobs();
watchDream();
watchPhotos();
watchPhoto();
watchResponses();
watchSides();
watchUnit();
refreshed(settleGrids);
refreshed(observeTiles);
if (document.querySelector("[data-loading]")) {
  on("job", (job) => {
    if (job.kind === "load" && ["done", "failed"].includes(job.state)) location.reload();
  });
  document.addEventListener("again", () => location.reload());
}
