import { describeError, Failure } from "../../core/text/failure.js";
import { beyond, deepest } from "./bounds.js";
import { JsonScan } from "./json-scan.js";

/** Whatever is nested in so little takes 30 MB at most; to look costs a run with nothing to do more than to parse. */
const unsuspicious = 512 * 1024;

/**
 * The value of an answer; `what` names it in the Failure of code `engine` that is thrown for what is no JSON, and for what is
 * nested deeper than any engine does: a list in a list takes a hundred times its bytes.
 */
export function parseJson(text: string, what: string): unknown {
  refuseDeep(text, what, unsuspicious);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Failure("engine", `The engine's answer to ${what} is not JSON: ${describeError(error)}.`);
  }
}

/** A shorter text than `unsuspicious` needs no memory worth a look. */
export function refuseDeep(text: string, what: string, unsuspicious: number): void {
  if (text.length <= unsuspicious) return;
  const scan = new JsonScan();
  scan.add(Buffer.from(text));
  if (scan.deepest > deepest) throw beyond(`${what} is nested more than ${deepest} deep`);
}
