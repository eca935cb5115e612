/**
 * Identity of the last event of the engine's buffer at a checkpoint. Found again in a later buffer, it proves
 * that every event behind it is complete: the engine's buffer has no sequence numbers.
 */
export interface Anchor {
  readonly timeNano: bigint;
  readonly type: string;
  readonly action: string;
  readonly actorId: string;
}
