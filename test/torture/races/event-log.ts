import type { IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { openRequest } from "../../support/unix-http.js";
import { eventsOf } from "../../support/engine-events.js";

/** Writes down, live, when each container was created. */
export class EventLog {
  readonly #created = new Map<string, number>();
  readonly #stream: IncomingMessage;

  private constructor(stream: IncomingMessage) {
    this.#stream = stream;
    createInterface({ input: stream })
      .on("line", (line) => {
        for (const { type, action, id, timeNano } of eventsOf(line))
          if (type === "container" && action === "create")
            this.#created.set(id, Number(timeNano / 1_000_000n));
      })
      .on("error", () => undefined);
  }

  /** @param host `unix://…` */
  static async follow(host: string): Promise<EventLog> {
    return new EventLog(await openRequest({ host, method: "GET", path: "/events" }));
  }

  /** Epoch milliseconds; null for a container that no event told of. */
  createdAt(container: string): number | null {
    return this.#created.get(container) ?? null;
  }

  end(): void {
    this.#stream.destroy();
  }
}
