/** The attributes that anything is read from; of the others, which may be any labels, nothing is kept. */
export const eventAttributes = ["name", "image", "imageID"] as const;

/** One event of the engine, reduced to what is the same in every API version (no `status`, `id`, `from`). */
export interface EngineEvent {
  /** Epoch nanoseconds, exact: beyond 2^53, so never a number. */
  readonly timeNano: bigint;
  /** `container`, `image`, `network`, … */
  readonly type: string;
  /** `create`, `exec_create: sh -c true`, … as the engine writes it. */
  readonly action: string;
  readonly actorId: string;
  readonly attributes: Readonly<Partial<Record<(typeof eventAttributes)[number], string>>>;
}

/** Epoch milliseconds, rounded down. */
export function eventTime(event: EngineEvent): number {
  return Number(event.timeNano / 1_000_000n);
}
