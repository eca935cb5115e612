/** An event as an engine wrote it, with the time it would lose in a JSON number. */
export interface ListedEvent {
  readonly type: string;
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly timeNano: bigint;
  readonly line: string;
}

/** Reads the lines of an event stream. */
export function eventsOf(text: string): readonly ListedEvent[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => {
      const { Type, Action, Actor } = JSON.parse(line) as {
        Type: string;
        Action: string;
        Actor: { ID: string; Attributes: Record<string, string> };
      };
      const timeNano = BigInt(/"timeNano":(\d+)/.exec(line)?.[1] ?? 0);
      return { type: Type, action: Action, id: Actor.ID, attributes: Actor.Attributes, timeNano, line };
    });
}
