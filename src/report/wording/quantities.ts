import { formatDuration } from "../../core/text/duration.js";
import { formatSize } from "../../core/text/size.js";

// Figures for a line of text. Evidence can be absurd (a clock of the year 275760, a negative difference); a
// report says so rather than throw.

export function sizeText(bytes: number): string {
  return Number.isFinite(bytes) ? formatSize(bytes) : "unknown";
}

/** `1.5 GiB`, or where it may be off by as much either way, `1.5 GiB ± 20 MiB`. */
export function estimateText(bytes: number, slackBytes: number): string {
  return slackBytes > 0 ? `${sizeText(bytes)} ± ${sizeText(slackBytes)}` : sizeText(bytes);
}

/** `3d 4h`; milliseconds below 0 count as none. */
export function durationText(ms: number): string {
  return Number.isFinite(ms) ? formatDuration(Math.max(ms, 0)) : "unknown";
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `3h`, `40d`: in one unit and up to twice of the next, for what is no more exact; `never` for what is infinite. */
export function roundedText(ms: number): string {
  if (!Number.isFinite(ms)) return "never";
  const unit = ms >= 2 * day ? day : ms >= 2 * hour ? hour : minute;
  const count = Math.round(Math.max(ms, 0) / unit);
  return unit === hour ? `${count}h` : durationText(Math.max(1, count) * unit);
}

/** `9d ago`, in one unit: enough to compare rows at a glance. */
export function agoText(at: number, now: number): string {
  const ms = now - at;
  if (!Number.isFinite(ms)) return "unknown";
  if (ms < second) return "now";
  const unit = [day, hour, minute].find((candidate) => ms >= candidate) ?? second;
  return `${durationText(ms - (ms % unit))} ago`;
}

/** `2026-01-31 11:00 +01:00`, or `2026-01-31 10:00 UTC`: the time of the person's clock (see tzset(3)), and how it differs. */
export function momentText(at: number): string {
  const offset = -new Date(at).getTimezoneOffset();
  const iso = isoTime(at + offset * minute);
  return iso === null ? "an unknown time" : `${iso.slice(0, -8).replace("T", " ")} ${offsetText(offset)}`;
}

/** `+05:30`; of whole minutes, as all offsets of today are. */
function offsetText(minutes: number): string {
  const whole = Math.round(minutes);
  if (whole === 0) return "UTC";
  const [hours, rest] = [Math.floor(Math.abs(whole) / 60), Math.abs(whole) % 60];
  return `${whole < 0 ? "-" : "+"}${twoDigits(hours)}:${twoDigits(rest)}`;
}

function twoDigits(count: number): string {
  return String(count).padStart(2, "0");
}

/** ISO 8601 with milliseconds; null for what is no time. */
export function isoTime(at: number | null): string | null {
  if (at === null) return null;
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** `1 image`, `2 images` */
export function countText(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
