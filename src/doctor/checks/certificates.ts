import { good, problem, type Check } from "../../core/results/checkup.js";
import { formatDuration } from "../../core/text/duration.js";
import type { CertificateLife } from "../../engine/transport/certificates.js";

const day = 24 * 3_600_000;

/** Enough for whoever renews them once a month by hand. */
const shortMs = 30 * day;

/** One line for each certificate; none without TLS. `now`: epoch milliseconds by this host's clock. */
export function checkCertificates(lives: readonly CertificateLife[], now: number): Check[] {
  return lives.map((life) => {
    const { what } = life;
    if (life.kind === "unreadable")
      return problem("certificate", `${what} cannot be read: ${life.reason.replace(/\.$/, "")}`, renew, what);
    const { beginsAt, endsAt } = life;
    const end = new Date(endsAt).toISOString().slice(0, 10);
    if (now < beginsAt)
      return problem("certificate", `${what} is not valid yet`, "check the clocks of both hosts", what);
    if (endsAt <= now) return problem("certificate", `${what} ended on ${end}`, renew, what);
    const left = formatDuration(endsAt - now);
    if (endsAt - now < shortMs)
      return problem("certificate", `${what} ends in ${left}, on ${end}`, renew, what);
    return good("certificate", `${what} is good until ${end}`, what);
  });
}

const renew = "renew it, and restart the engine where it is the engine's own";
