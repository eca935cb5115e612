import type { Policy } from "../../core/policy/policy.js";
import { perDay, type EngineWhatIf } from "../documents/what-if.js";
import { isoTime } from "../wording/quantities.js";
import { schema, seconds } from "./report.js";

export function whatIfJson(engines: readonly EngineWhatIf[], order: Policy["order"]): object {
  return { schema, kind: "what-if", order, engines: engines.map(engineOf) };
}

function engineOf({ engine, result, observedShare }: EngineWhatIf): object {
  const { from, spanMs, sessions, images, firstPulledBytes, rows, recommendedBytes } = result;
  return {
    engine,
    from: isoTime(from),
    spanSeconds: seconds(spanMs),
    observedShare,
    uses: sessions,
    images,
    firstPulledBytes,
    quotas: rows.map((row) => ({ ...row, pulledAgainBytesPerDay: perDay(row.pulledAgainBytes, spanMs) })),
    recommendedQuotaBytes: recommendedBytes,
  };
}
