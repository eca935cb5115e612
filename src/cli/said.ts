import {
  judgeConditions,
  type Condition,
  type FoundConditions,
  type Memory,
  type News,
  type Remembered,
} from "../core/results/conditions.js";
import { attempt } from "../core/text/attempt.js";
import { hasFields } from "../core/text/parsed.js";
import { readFileNow } from "../files/read-input.js";
import { placePrivateFile } from "../ledger/file/private-file.js";

/** Hundreds of conditions of hundreds of engines. */
const largestBytes = 1024 * 1024;

/** By the address of an engine: what is wrong with one says nothing of another. */
type Memories = Readonly<Record<string, Readonly<Record<string, Remembered>>>>;

/**
 * What runs with --quiet have reported already, in a small file beside the ledger: the ledger itself may be what is wrong. Where the
 * file cannot be read or written, everything is reported each time.
 */
export class Said {
  readonly #path: string;
  readonly #engine: string;

  constructor(ledgerPath: string, engine: string) {
    this.#path = `${ledgerPath}.said`;
    this.#engine = engine;
  }

  memory(): Memory {
    return memoryIn(this.#read()[this.#engine] ?? {});
  }

  /** What is to be reported now (epoch milliseconds by this host's clock), and with that, remembers it. */
  judge(findings: FoundConditions, now: number): { readonly memory: Memory; readonly news: News } {
    const memories = this.#read();
    const before = memoryIn(memories[this.#engine] ?? {});
    const judged = judgeConditions(before, findings, now);
    const others = Object.entries(memories).filter(([engine]) => engine !== this.#engine);
    const own = [this.#engine, Object.fromEntries(judged.memory)] as const;
    const after = Object.fromEntries(judged.memory.size === 0 ? others : [...others, own]);
    if (JSON.stringify(after) === JSON.stringify(memories)) return judged;
    // What the next run does not know of, it reports again.
    attempt(() => placePrivateFile(this.#path, Buffer.from(JSON.stringify(after))), undefined);
    return judged;
  }

  #read(): Memories {
    const intake = { most: largestBytes, links: "refused" } as const;
    const read = (): unknown => JSON.parse(readFileNow(this.#path, intake).toString("utf8"));
    const memories = attempt(read, null);
    return hasFields(memories) ? (memories as Memories) : {};
  }
}

function memoryIn(stored: Readonly<Record<string, unknown>>): Memory {
  const memory = new Map<Condition, Remembered>();
  for (const [condition, entry] of Object.entries(stored)) {
    const { since, saidAt } = hasFields(entry) ? entry : {};
    if (typeof since !== "number") continue;
    memory.set(condition as Condition, { since, saidAt: typeof saidAt === "number" ? saidAt : null });
  }
  return memory;
}
