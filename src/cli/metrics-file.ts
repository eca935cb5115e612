import { beginsAsMetrics } from "../report/metrics/metrics.js";
import { placeWhole, readFormer } from "./place-whole.js";

/** node_exporter runs as a user of its own. */
const readableByAll = 0o644;

/** A file of ours has some KiB. */
const mostBytes = 1024 * 1024;

/** Puts metrics into place whole, beside a draft whose name the collector passes over (it reads `*.prom`). */
export function placeMetrics(path: string, text: string): void {
  placeWhole(path, text, { what: "metrics file", isOurs: beginsAsMetrics, mostBytes, mode: readableByAll });
}

/** What was written before; empty where there is no file to read. */
export function readMetrics(path: string): string {
  return readFormer(path, mostBytes);
}
