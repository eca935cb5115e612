import type { RemoveReason } from "../../core/policy/removal.js";
import type { PastRemoval } from "../../core/results/history.js";
import { limitWords } from "./limit-words.js";
import { momentText, roundedText, sizeText } from "./quantities.js";

/** `over quota`, `idle too long` */
export function reasonsText(reasons: readonly RemoveReason[]): string {
  return reasons.map((reason) => limitWords[reason].short).join(", ");
}

/** The same, or `over quota, and was gone already` */
export function removalReasons({ reasons, outcome }: PastRemoval): string {
  const why = reasonsText(reasons);
  return outcome === "gone" ? `${why}, and was gone already` : why;
}

/** `2026-01-31 10:00 UTC: over quota; came back 22h later, 286 MiB`: one removal in a line. */
export function removalText(removal: PastRemoval): string {
  const parts = [removalReasons(removal), expectationText(removal), returnText(removal)];
  return `${momentText(removal.at)}: ${parts.filter((part) => part !== null).join("; ")}`;
}

/** Null where none was expected, or last use decided. */
function expectationText({ expectedMs }: Pick<PastRemoval, "expectedMs">): string | null {
  return expectedMs === null ? null : `its next use had been expected in about ${roundedText(expectedMs)}`;
}

/** Null as long as it was not there again. */
export function returnText({ at, returned }: Pick<PastRemoval, "at" | "returned">): string | null {
  return returned && `came back ${roundedText(returned.at - at)} later, ${sizeText(returned.bytes)}`;
}
