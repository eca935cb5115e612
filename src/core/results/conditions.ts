/** What may be wrong for longer than one run. A warning is known by its text. */
export type Condition = LastingCondition | `warning: ${string}`;

export type LastingCondition =
  "limit-unmet" | "gap" | "limits-off" | "ledger-locked" | "ledger-unusable" | "engine-down";

/** What is remembered of a condition from one run to the next; epoch milliseconds. */
export interface Remembered {
  readonly since: number;
  /** When it was last reported; null where it was not yet. */
  readonly saidAt: number | null;
}

export type Memory = ReadonlyMap<Condition, Remembered>;

/**
 * What a run finds of a condition. `present` is reported once it is `patienceMs` old; `since` is null where only its own memory
 * can tell that. `lasting` is neither over nor reported again.
 */
export type Finding =
  | { readonly kind: "present"; readonly since: number | null; readonly patienceMs: number }
  | { readonly kind: "lasting" }
  | { readonly kind: "absent" };

/** All that a run has found. What is not in it, is over or cannot be judged. */
export interface FoundConditions {
  readonly found: ReadonlyMap<Condition, Finding>;
  readonly others: "absent" | "unknown";
}

export interface News {
  /** With the moment since when it has been so; null where it has just begun. */
  readonly reported: ReadonlyMap<Condition, number | null>;
  /** What was reported and is over, with the moment since when it had been so. */
  readonly ended: ReadonlyMap<Condition, number>;
}

/** What a run has found that came to its end. A gap is over before its effect. */
export function findingsOf(conditions: Iterable<Condition>, isPoorlyObserved: boolean): FoundConditions {
  const present: Finding = { kind: "present", since: null, patienceMs: 0 };
  const found = new Map<Condition, Finding>([...conditions].map((condition) => [condition, present]));
  if (isPoorlyObserved && !found.has("gap")) found.set("gap", { kind: "lasting" });
  return { found, others: "absent" };
}

/** A little less than a day: a run at the same time each day tells it each day. */
const againAfterMs = 23 * 60 * 60 * 1000;

/** A condition is reported when it begins, once a day while it lasts, and when it ends. */
export function judgeConditions(
  before: Memory,
  { found, others }: FoundConditions,
  now: number,
): { readonly memory: Memory; readonly news: News } {
  const memory = new Map<Condition, Remembered>();
  const reported = new Map<Condition, number | null>();
  const ended = new Map<Condition, number>();
  for (const condition of new Set([...before.keys(), ...found.keys()])) {
    const known = before.get(condition);
    const finding = found.get(condition) ?? { kind: others === "absent" ? "absent" : "lasting" };
    switch (finding.kind) {
      case "lasting":
        if (known !== undefined) memory.set(condition, known);
        break;
      case "absent":
        if (known?.saidAt != null) ended.set(condition, known.since);
        break;
      case "present": {
        const since = Math.min(finding.since ?? known?.since ?? now, now);
        // A stamp of a clock that was wrong keeps nobody silent.
        const saidAt = known?.saidAt != null && known.saidAt <= now ? known.saidAt : null;
        const isDue = now - since >= finding.patienceMs && (saidAt === null || now - saidAt >= againAfterMs);
        if (isDue) reported.set(condition, saidAt === null ? null : since);
        memory.set(condition, { since, saidAt: isDue ? now : saidAt });
        break;
      }
    }
  }
  return { memory, news: { reported, ended } };
}
