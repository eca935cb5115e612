/** What can end a run before it is done: somebody's signal, or its own time (`--run-timeout`). */
export const interruptions = ["SIGINT", "SIGTERM", "run-timeout"] as const;

export type InterruptionCause = (typeof interruptions)[number];
