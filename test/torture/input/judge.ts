import { Failure, type FailureCode } from "../../../src/core/text/failure.js";
import { sanitize } from "../../../src/report/layout/sanitize.js";
import type { Tally } from "../tally.js";

export const crashed = "something else than a Failure was thrown";
export const manyLines = "a Failure's message was not one line";
export const otherCode = "a Failure had a code that does not fit";
export const slow = "a case took more than two seconds";

const slowMs = 2_000;

/** Runs one case: it may end well, or in a Failure of this code whose message is one line. */
export async function judge(
  tally: Tally,
  kind: string,
  code: FailureCode,
  input: () => string,
  attempt: () => unknown,
): Promise<void> {
  tally.count("cases");
  tally.count(`  ${kind}`);
  const startedAt = performance.now();
  try {
    await attempt();
  } catch (error) {
    tally.count(`    refused: ${kind}`);
    if (!(error instanceof Failure)) {
      tally.breach(crashed, `${kind}: ${String((error as Error).stack ?? error)}: ${input().slice(0, 500)}`);
    } else if (error.code !== code) {
      tally.breach(otherCode, `${kind}: ${error.code}, ${error.message}: ${input().slice(0, 500)}`);
    } else if (/[\n\r]/.test(sanitize(error.message)) || error.message === "") {
      tally.breach(manyLines, `${kind}: ${JSON.stringify(error.message)}: ${input().slice(0, 500)}`);
    }
  }
  const ms = performance.now() - startedAt;
  if (ms > slowMs) tally.breach(slow, `${kind}: ${Math.round(ms)} ms: ${input().slice(0, 500)}`);
}
