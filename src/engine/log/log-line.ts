import type { EngineEvent } from "../../core/uses/event.js";
import { parseEventFields, reducedEvent } from "../transport/event-lines.js";
import { optionalTextIn, textIn, textTableIn, unexpected, type Json } from "../transport/fields.js";

const where = "a line of the log";

/**
 * An event as Podman writes it into its log (libpod/events: Event), and as its answer to `/events` tells it (pkg/domain/entities:
 * ConvertToEntitiesEvent; pkg/api/handlers/compat: GetEvents). From 4.3 to 6.1 these are the same in all that is read.
 *
 * @throws Failure of code `engine` for any other line.
 */
export function parseLogLine(line: string): EngineEvent {
  const fields = parseEventFields(line, where);
  const type = textIn(fields, "Type", where);
  return reducedEvent({
    timeNano: timeIn(fields),
    type,
    action: dockersAction(type, textIn(fields, "Status", where)),
    actorId: optionalTextIn(fields, "ID", where),
    attributes: {
      ...textTableIn(fields, "Attributes", where),
      // Whatever labels there are.
      image: optionalTextIn(fields, "Image", where),
      name: optionalTextIn(fields, "Name", where),
    },
  });
}

function dockersAction(type: string, status: string): string {
  if (status === "died") return "die";
  return type === "image" && status === "remove" ? "delete" : status;
}

const writtenTime = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Nanoseconds since 1970, exact. */
function timeIn(fields: Json): bigint {
  const time = textIn(fields, "Time", where);
  const [, second = "", fraction = "", zone = ""] = writtenTime.exec(time) ?? [];
  const at = Date.parse(`${second}${zone}`);
  if (Number.isNaN(at)) throw unexpected(time, `${where}.Time`, "a time");
  return BigInt(at) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}
