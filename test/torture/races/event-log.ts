import type { IncomingMessage } from "node:http";
import { createInterface } from "node:readline";
import { openRequest } from "../../support/unix-http.js";
import { eventsOf } from "../../support/engine-events.js";

/** Writes down, live, when each container was created, each name given away, and each image deleted. */
export class EventLog {
  readonly #created = new Map<string, number>();
  readonly #tagged = new Map<string, number>();
  readonly #deleted = new Map<string, number>();
  readonly #stream: IncomingMessage;

  private constructor(stream: IncomingMessage) {
    this.#stream = stream;
    createInterface({ input: stream })
      .on("line", (line) => {
        for (const { type, action, id, attributes, timeNano } of eventsOf(line)) {
          const at = Number(timeNano / 1_000_000n);
          if (type === "container" && action === "create") this.#created.set(id, at);
          if (type === "image" && action === "tag") this.#tagged.set(attributes["name"] ?? "", at);
          if (type === "image" && action === "delete") this.#deleted.set(id, at);
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

  /** Epoch milliseconds; null for an image that no event told of. */
  deletedAt(image: string): number | null {
    return this.#deleted.get(image) ?? null;
  }

  end(): void {
    this.#stream.destroy();
  }
}
