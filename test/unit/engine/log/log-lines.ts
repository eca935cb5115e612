export interface LoggedEvent {
  /** Nanoseconds since 1970. */
  readonly at: bigint;
  readonly id?: string;
  readonly label?: string;
}

/** A line of Podman's log: a container's health check. */
export function logLine({ at, id = "c", label = "" }: LoggedEvent): string {
  const time = new Date(Number(at / 1_000_000n)).toISOString().slice(0, 19);
  const fraction = (at % 1_000_000_000n).toString().padStart(9, "0");
  const [Name, Image] = ["web", "localhost/app:1"];
  const event = { ID: id, Image, Name, Status: "health_status", Time: `${time}.${fraction}Z` };
  return `${JSON.stringify({ ...event, Type: "container", Attributes: { label } })}\n`;
}
