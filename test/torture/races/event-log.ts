import type { IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { openRequest } from "../../support/unix-http.js";
import { eventsOf } from "../../support/engine-events.js";

/** Writes down, live, when each container was created, and each name given away. */
export class EventLog {
  readonly #created = new Map<string, number>();
  readonly #tagged = new Map<string, number>();
  readonly #stream: IncomingMessage;

  private constructor(stream: IncomingMessage) {
    this.#stream = stream;
    createInterface({ input: stream })
      .on("line", (line) => {
        for (const { type, action, id, attributes, timeNano } of eventsOf(line)) {
          const at = Number(timeNano / 1_000_000n);
          if (type === "container" && action === "create") this.#created.set(id, at);
          if (type === "image" && action === "tag") this.#tagged.set(attributes["name"] ?? "", at);
        }
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

  /** Epoch milliseconds of the last time; null for a name that no event told of. */
  taggedAt(name: string): number | null {
    return this.#tagged.get(name) ?? null;
  }

  end(): void {
    this.#stream.destroy();
  }
}
