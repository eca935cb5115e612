import { shownNames } from "../../core/image/shown-names.js";
import type { Imported } from "../../core/results/imported.js";
import { isoTime } from "../wording/quantities.js";
import { schema, seconds } from "./report.js";

export function importJson({ mode, images, absent, isNewLedger }: Imported): object {
  return {
    schema,
    kind: "import",
    mode,
    newLedger: isNewLedger,
    images: images.map(({ image, outcome, lastUsedAt, idleMs }) => ({
      id: image.id,
      refs: shownNames(image),
      outcome,
      lastUsedAt: isoTime(lastUsedAt),
      idleSeconds: seconds(idleMs),
    })),
    absent,
  };
}
