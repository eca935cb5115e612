import { problem, type Check, type CheckName } from "../core/results/checkup.js";
import { Failure } from "../core/text/failure.js";

/** What came of a question. */
export type Answered<Value> =
  | { readonly kind: "answered"; readonly value: Value }
  | { readonly kind: "failed"; readonly failure: Failure };

/** Expected failures are what is looked for here; everything else is a bug and passes. */
export async function answered<Value>(ask: () => Promise<Value> | Value): Promise<Answered<Value>> {
  try {
    return { kind: "answered", value: await ask() };
  } catch (error) {
    if (error instanceof Failure) return { kind: "failed", failure: error };
    throw error;
  }
}

/** Most messages of failures end in what to do: behind the last semicolon, those of ledgers behind a colon. */
export function failed(name: CheckName, { code, message }: Failure, otherwise: string): Check {
  const sentence = message.replace(/\.$/, "");
  const isOfLedger = code === "ledger" || code === "ledger-full";
  const split = (isOfLedger ? /^(.+)[;:] ([^;]+)$/ : /^(.+); ([^;]+)$/).exec(sentence);
  const [, found = sentence, remedy = otherwise] = split ?? [];
  return problem(name, found, remedy);
}
