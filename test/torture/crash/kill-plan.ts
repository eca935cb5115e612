import { watch } from "node:fs";
import type { Fault, FaultRule } from "../../practice-engine/fault.js";
import type { Started } from "../program.js";
import type { Random } from "../random.js";

/** When a run is killed. */
export type KillPlan =
  | { readonly kind: "never" }
  /** So long after its start. */
  | { readonly kind: "time"; readonly ms: number }
  /** When the engine is asked for the k-th time; with or without the engine doing what was asked. */
  | {
      readonly kind: "request";
      readonly number: number;
      readonly done: boolean;
      readonly only: RegExp | null;
    }
  /** When a file beside the ledger changes for the k-th time, and a moment later. */
  | { readonly kind: "file"; readonly number: number; readonly laterMs: number };

/** How long runs take, and how much they ask: learned as they go, so that kills cover all of a run. */
export interface Usual {
  ms: number;
  requests: number;
  changes: number;
}

export function planKill(random: Random, usual: Usual): KillPlan {
  const number = (most: number): number => random.between(1, Math.max(1, Math.ceil(most)));
  const done = random.chance(0.5);
  switch (random.below(4)) {
    case 0:
      return { kind: "time", ms: random.next() * usual.ms * 1.1 };
    case 1:
      return { kind: "request", number: number(usual.requests), done, only: null };
    case 2:
      // The deeds that change the engine: where names may be left half-removed.
      return { kind: "request", number: random.between(1, 6), done, only: /^(DELETE|POST) / };
    default:
      return { kind: "file", number: number(usual.changes), laterMs: random.next() * 4 };
  }
}

/**
 * Sees to it that a run is killed as planned. Answers with what to do when the run has ended.
 *
 * @param others called at each request, before the engine looks at it
 */
export function arm(
  plan: KillPlan,
  started: Started,
  engine: { onRequest: FaultRule | undefined },
  ledgerFolder: string,
  others: (request: string) => void = () => undefined,
): { readonly disarm: () => { readonly requests: number; readonly changes: number } } {
  const kill = (): void => void started.child.kill("SIGKILL");
  let requests = 0;
  let changes = 0;
  let chosen = 0;
  const timer = plan.kind === "time" ? setTimeout(kill, plan.ms) : undefined;
  const watcher = watch(ledgerFolder, () => {
    changes += 1;
    if (plan.kind !== "file" || changes !== plan.number) return;
    setTimeout(kill, plan.laterMs);
  });
  watcher.on("error", () => undefined);
  engine.onRequest = (method, path): Fault | undefined => {
    requests += 1;
    others(`${method} ${path}`);
    if (plan.kind !== "request" || plan.only?.test(`${method} ${path}`) === false) return undefined;
    chosen += 1;
    if (chosen !== plan.number) return undefined;
    kill();
    return plan.done ? undefined : { kind: "hang" };
  };
  return {
    disarm: () => {
      clearTimeout(timer);
      watcher.close();
      engine.onRequest = undefined;
      return { requests, changes };
    },
  };
}

export function describeKill(plan: KillPlan): string {
  return JSON.stringify(plan, (key, value: unknown) => (key === "only" ? String(value) : value));
}
