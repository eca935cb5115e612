import type { BytesSplit } from "./bytes-split.js";
import type { BytesHeld } from "../plan/bytes-held.js";
import type { FailureCode } from "../text/failure.js";
import type { Filesystem } from "../policy/filesystem.js";
import type { Unpullable } from "../facts/image-facts.js";
import type { Image } from "../image/image.js";
import type { ListingSource } from "../image/listing.js";
import type { InterruptionCause } from "./interruption.js";
import type { ExpectedUse } from "../returns/next-use.js";
import type { Observation } from "../uses/observation.js";
import type { AfterGrace } from "../plan/after-grace.js";
import type { Policy } from "../policy/policy.js";
import type { UnmetLimit } from "../plan/unmet-limits.js";
import type { Use } from "../uses/use.js";
import type { Outcome, RemoveReason } from "../policy/removal.js";
import type { KeepReason } from "../rules/keep-rules.js";

/** The engine of a run, for people and for JSON. */
export interface EngineSummary {
  readonly id: string;
  /** Host name. */
  readonly name: string;
  readonly version: string;
  readonly apiVersion: string;
  /** Storage driver: `overlay2`, `overlayfs`, … */
  readonly store: string;
  /** The endpoint, without credentials. */
  readonly host: string;
}

/** A verdict as documents show it: with a list of reasons, of which one that goes has one. */
export type ReportedVerdict =
  | { readonly kind: "keep"; readonly reasons: readonly KeepReason[] }
  | { readonly kind: "remove"; readonly reasons: readonly RemoveReason[] };

/** One image in the report: evidence, verdict, outcome. */
export interface ImageReport {
  readonly image: Image;
  readonly firstSeenAt: number;
  readonly lastUse: Use;
  readonly idleMs: number;
  /** `container:web`, `mount:tools`, … */
  readonly inUseBy: readonly string[];
  readonly verdict: ReportedVerdict;
  /** Null where nothing had to be chosen by it. */
  readonly expectedUse: ExpectedUse | null;
  /** Bytes that removing it frees, in the order of the plan; 0 for what is kept. */
  readonly freedBytes: number;
  /** False where the bytes that it shares with others could not be found out. */
  readonly exact: boolean;
  /** When its removal, which failed in an earlier run, is tried again; null when it does not wait. */
  readonly retryAt: number | null;
  /** That no registry had it when it was to go; null where that was not found out within a day. */
  readonly unpullable: Unpullable | null;
  /** Null in a dry run and for what is kept. */
  readonly outcome: Outcome | null;
  /** One sentence for `refused`, `failed` and `skipped`. */
  readonly outcomeDetail: string | null;
}

/** Everything one run has to say; text and JSON are renderings of it. Times are epoch milliseconds. */
export interface RunReport {
  readonly mode: "run" | "dry-run";
  readonly engine: EngineSummary;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly policy: Policy;
  readonly observation: Observation;
  /** How the images became known; absent of a run of the past. */
  readonly listing?: ListingSource;
  readonly usage: {
    readonly beforeBytes: number;
    readonly plannedFreedBytes: number;
    /** By how much they may be off, up or down; 0 where the bytes of all images are exact. */
    readonly beforeSlackBytes: number;
    readonly plannedSlackBytes: number;
    /** The engine's own figure; null where it was not read. */
    readonly measuredFreedBytes: number | null;
    /** By the plan, of what went; left out where it is what the bytes before and after differ by. */
    readonly expectedFreedBytes?: number;
    /** Null in a dry run. */
    readonly afterBytes: number | null;
    /** Those before; worked out when it is asked for. Absent of a run of the past. */
    readonly split?: () => BytesSplit;
    /** Where the bytes were before anything went. */
    readonly held: BytesHeld;
  };
  /** The filesystem that holds the images; null where no limit asks for it. */
  readonly filesystem: {
    readonly path: string;
    readonly before: Filesystem;
    /** Null in a dry run. */
    readonly after: Filesystem | null;
  } | null;
  /** Removals first, in the order of the plan, then what is kept, most recently used first. */
  readonly images: readonly ImageReport[];
  /** By what a limit chose what goes, and whether it is the first time by the next use; null where none had to. */
  readonly choice: { readonly by: Policy["order"]; readonly isFirst: boolean } | null;
  readonly unmetLimits: readonly UnmetLimit[];
  /** What the end of the grace time would bring, where a limit is not met; null where nothing. */
  readonly afterGrace: AfterGrace | null;
  readonly warnings: readonly string[];
  /** How much of the last 24 hours, or of the ledger's life, was observed: from 0 to 1; null on the first run. */
  readonly observedShare: number | null;
  /** What is to be said of a gap; apart from the warnings, because it comes by itself and needs nobody at once. */
  readonly gapWarning: string | null;
  /** The signal that ended the run early, or its own time. */
  readonly interruptedBy: InterruptionCause | null;
  /** What ended the run early; nothing was removed after it. */
  readonly stoppedBy: { readonly code: FailureCode; readonly message: string } | null;
}
