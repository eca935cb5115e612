import type { Condition, LastingCondition } from "../../core/results/conditions.js";
import { momentText } from "./quantities.js";

const endWords: Readonly<Record<LastingCondition, string>> = {
  "limit-unmet": "All limits are met again",
  gap: "The last day was observed without a gap again",
  "limits-off": "There is a limit again",
  "ledger-locked": "The ledger is free again",
  "ledger-unusable": "The ledger can be used again",
  "engine-down": "The engine answers again",
};

/** A sentence for what is over; null for a warning, whose end is no news. */
export function endSentence(condition: Condition, since: number): string | null {
  const words = Object.entries(endWords).find(([name]) => name === condition)?.[1];
  return words === undefined ? null : `${words}; the problem began at ${momentText(since)}.`;
}

/** For what is reported again; empty where it has just begun. */
export function sinceSentence(since: number | null): string {
  return since === null ? "" : `It has been so since ${momentText(since)}.`;
}
